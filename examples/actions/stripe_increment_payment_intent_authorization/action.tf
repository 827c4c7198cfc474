action "stripe_increment_payment_intent_authorization" "example" {
  config {
    payment_intent = stripe_payment_intent.example.id
    amount         = 100
  }
}
