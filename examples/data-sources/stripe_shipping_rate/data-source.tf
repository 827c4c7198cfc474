data "stripe_shipping_rate" "example" {
  id = stripe_shipping_rate.example.id
}
