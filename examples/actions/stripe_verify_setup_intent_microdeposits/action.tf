action "stripe_verify_setup_intent_microdeposits" "example" {
  config {
    setup_intent = stripe_setup_intent.example.id
    amounts      = [32, 45]
  }
}
