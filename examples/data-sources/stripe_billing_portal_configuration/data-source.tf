data "stripe_billing_portal_configuration" "example" {
  id = stripe_billing_portal_configuration.example.id
}
