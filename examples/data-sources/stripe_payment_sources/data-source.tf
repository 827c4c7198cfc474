data "stripe_payment_sources" "example" {
  customer = stripe_customer.example.id
}
