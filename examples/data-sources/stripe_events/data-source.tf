data "stripe_events" "example" {
}
