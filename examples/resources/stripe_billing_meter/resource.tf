resource "stripe_billing_meter" "example" {
  display_name = "API calls"
  event_name   = "api_calls"

  default_aggregation { formula = "sum" }

  customer_mapping {
    type              = "by_id"
    event_payload_key = "stripe_customer_id"
  }
}
