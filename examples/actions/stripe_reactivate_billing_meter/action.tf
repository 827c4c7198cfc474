action "stripe_reactivate_billing_meter" "example" {
  config {
    billing_meter = stripe_billing_meter.example.id
  }
}
