data "stripe_setup_attempts" "example" {
  setup_intent = "setup_intent_123"
}
