action "stripe_deactivate_billing_alert" "example" {
  config {
    billing_alert = stripe_billing_alert.example.id
  }
}
