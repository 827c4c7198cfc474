resource "stripe_account_tax_id" "example" {
  type  = "eu_vat"
  value = "DE123456789"
}
