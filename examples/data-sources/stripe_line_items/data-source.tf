data "stripe_line_items" "example" {
  invoice = "invoice_123"
}
