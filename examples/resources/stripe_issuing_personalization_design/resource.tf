resource "stripe_issuing_personalization_design" "example" {
  physical_bundle = "ics_sandboxstandard"
}
