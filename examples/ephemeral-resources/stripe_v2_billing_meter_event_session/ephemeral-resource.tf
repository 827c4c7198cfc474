ephemeral "stripe_v2_billing_meter_event_session" "example" {
}
