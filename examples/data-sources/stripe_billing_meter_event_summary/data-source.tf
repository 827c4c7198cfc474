data "stripe_billing_meter_event_summary" "example" {
  meter = stripe_billing_meter.example.id
  id    = "id_123"
}
