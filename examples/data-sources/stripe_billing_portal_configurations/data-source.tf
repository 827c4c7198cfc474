data "stripe_billing_portal_configurations" "example" {
}
