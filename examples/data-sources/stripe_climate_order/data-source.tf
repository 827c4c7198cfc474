data "stripe_climate_order" "example" {
  id = stripe_climate_order.example.id
}
