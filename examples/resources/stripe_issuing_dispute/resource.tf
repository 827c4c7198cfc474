resource "stripe_issuing_dispute" "example" {
  transaction = var.issuing_transaction
}

variable "issuing_transaction" {
  type = string
}
