action "stripe_verify_payment_intent_microdeposits" "example" {
  config {
    payment_intent = stripe_payment_intent.example.id
    amounts        = [32, 45]
  }
}
