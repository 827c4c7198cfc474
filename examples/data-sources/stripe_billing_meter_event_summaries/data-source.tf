data "stripe_billing_meter_event_summaries" "example" {
  customer   = stripe_customer.example.id
  end_time   = "end_time_123"
  meter      = stripe_billing_meter.example.id
  start_time = "start_time_123"
}
