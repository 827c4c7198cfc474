data "stripe_line_item" "example" {
  invoice = "invoice_123"
  id      = "il_123"
}
