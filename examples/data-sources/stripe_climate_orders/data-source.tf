data "stripe_climate_orders" "example" {
}
