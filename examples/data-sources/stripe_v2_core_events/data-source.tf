data "stripe_v2_core_events" "example" {
}
