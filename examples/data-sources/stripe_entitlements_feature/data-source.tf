data "stripe_entitlements_feature" "example" {
  lookup_key = stripe_entitlements_feature.example.lookup_key
}
