data "stripe_billing_meters" "example" {
}
