data "stripe_billing_alert" "example" {
  id = stripe_billing_alert.example.id
}
