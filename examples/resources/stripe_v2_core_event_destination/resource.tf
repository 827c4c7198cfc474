resource "stripe_v2_core_event_destination" "example" {
  enabled_events = ["v1.billing.meter.error_report_triggered"]
  event_payload  = "thin"
  name           = "Mine"
  type           = "webhook_endpoint"
  webhook_endpoint {
    url = "https://example.com/hook"
  }
}
