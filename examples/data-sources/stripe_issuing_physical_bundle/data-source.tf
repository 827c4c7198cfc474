data "stripe_issuing_physical_bundle" "example" {
  id = "ics_123"
}
