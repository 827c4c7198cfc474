data "stripe_tax_transaction_line_items" "example" {
  transaction = "transaction_123"
}
