ephemeral "stripe_billing_portal_session" "example" {
  customer      = stripe_customer.example.id
  configuration = stripe_billing_portal_configuration.example.id
  return_url    = "https://example.com/account"
}
