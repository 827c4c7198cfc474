data "stripe_climate_product" "example" {
  id = "climsku_123"
}
