action "stripe_disable_v2_core_event_destination" "example" {
  config {
    v2_core_event_destination = stripe_v2_core_event_destination.example.id
  }
}
