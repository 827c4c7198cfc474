data "stripe_climate_suppliers" "example" {
}
