resource "stripe_meter" "example" {
  default_aggregation {
    formula = "sum"
  }
  display_name = "Calls"
  event_name   = "calls_example"
  customer_mapping {
    type              = "by_id"
    event_payload_key = "customer"
  }
}
