data "stripe_payment_source" "example" {
  customer = stripe_customer.example.id
  id       = stripe_payment_source.example.id
}
