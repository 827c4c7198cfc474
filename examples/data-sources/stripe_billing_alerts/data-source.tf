data "stripe_billing_alerts" "example" {
}
