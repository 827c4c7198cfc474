resource "stripe_setup_intent" "example" {
}
