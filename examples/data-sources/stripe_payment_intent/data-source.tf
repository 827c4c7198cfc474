data "stripe_payment_intent" "example" {
  id = stripe_payment_intent.example.id
}
