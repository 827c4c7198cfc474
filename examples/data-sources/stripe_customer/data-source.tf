data "stripe_customer" "example" {
  email = stripe_customer.example.email
}
