data "stripe_issuing_physical_bundles" "example" {
}
