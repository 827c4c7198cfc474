data "stripe_prices" "example" {
  product = stripe_product.example.id
  active  = true
}
