data "stripe_subscriptions" "example" {
}
