resource "stripe_billing_alert" "example" {
  alert_type = "usage_threshold"
  title      = "example"
  usage_threshold = {
    gte        = 100
    meter      = stripe_billing_meter.example.id
    recurrence = "one_time"
  }
}
