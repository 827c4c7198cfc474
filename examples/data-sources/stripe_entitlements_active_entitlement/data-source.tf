data "stripe_entitlements_active_entitlement" "example" {
  id = "ent_123"
}
