action "stripe_cancel_payment_intent" "example" {
  config {
    payment_intent = stripe_payment_intent.example.id
  }
}
