data "stripe_v2_core_event_destinations" "example" {
}
