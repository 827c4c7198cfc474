data "stripe_checkout_sessions" "example" {
}
