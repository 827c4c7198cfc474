data "stripe_customer" "example" {
  id = stripe_customer.example.id
}
