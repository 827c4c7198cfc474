data "stripe_tax_locations" "example" {
  type = "type_123"
}
