data "stripe_entitlements_features" "example" {
}
