data "stripe_customer_tax_ids" "example" {
  customer = stripe_customer.example.id
}
