data "stripe_payment_link" "example" {
  id = stripe_payment_link.example.id
}
