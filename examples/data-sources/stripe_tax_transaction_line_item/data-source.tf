data "stripe_tax_transaction_line_item" "example" {
  transaction = "transaction_123"
  id          = "tax_li_123"
}
