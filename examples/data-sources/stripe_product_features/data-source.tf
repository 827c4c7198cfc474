data "stripe_product_features" "example" {
  product = stripe_product.example.id
}
