data "stripe_v2_core_event" "example" {
  id = "evt_test_123"
}
