data "stripe_v2_core_event_destination" "example" {
  id = stripe_v2_core_event_destination.example.id
}
