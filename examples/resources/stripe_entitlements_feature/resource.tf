resource "stripe_entitlements_feature" "example" {
  name       = "Priority support"
  lookup_key = "priority_support"
}
