action "stripe_cancel_setup_intent" "example" {
  config {
    setup_intent = stripe_setup_intent.example.id
  }
}
