action "stripe_cancel_climate_order" "example" {
  config {
    climate_order = stripe_climate_order.example.id
  }
}
