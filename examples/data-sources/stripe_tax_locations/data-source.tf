data "stripe_tax_locations" "example" {
  type = "performance"
}
