data "stripe_shipping_rates" "example" {
}
