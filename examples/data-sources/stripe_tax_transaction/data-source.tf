data "stripe_tax_transaction" "example" {
  id = "tax_123"
}
