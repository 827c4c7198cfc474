data "stripe_setup_intents" "example" {
}
