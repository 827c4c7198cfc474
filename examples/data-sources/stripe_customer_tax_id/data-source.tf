data "stripe_customer_tax_id" "example" {
  customer = stripe_customer.example.id
  id       = stripe_tax_id.example.id
}
