data "stripe_climate_supplier" "example" {
  id = "climsup_123"
}
