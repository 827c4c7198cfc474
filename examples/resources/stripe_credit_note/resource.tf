# `in_…` is a finalized invoice.
resource "stripe_credit_note" "example" {
  invoice = var.finalized_invoice
  amount  = 100
}

variable "finalized_invoice" {
  type = string
}
