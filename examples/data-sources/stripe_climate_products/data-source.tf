data "stripe_climate_products" "example" {
}
