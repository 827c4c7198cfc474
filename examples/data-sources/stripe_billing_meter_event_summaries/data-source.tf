data "stripe_billing_meter_event_summaries" "example" {
  customer   = stripe_customer.example.id
  meter      = stripe_billing_meter.example.id
  start_time = 1735689600
  end_time   = 1735693200
}
