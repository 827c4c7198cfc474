data "stripe_entitlements_active_entitlements" "example" {
  customer = stripe_customer.example.id
}
