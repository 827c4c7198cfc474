resource "stripe_tax_id" "example" {
  customer = stripe_customer.example.id
  type     = "eu_vat"
  value    = "DE000123456"
}
