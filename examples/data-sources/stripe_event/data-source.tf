data "stripe_event" "example" {
  id = "evt_123"
}
