data "stripe_product_feature" "example" {
  product = stripe_product.example.id
  id      = stripe_product_feature.example.id
}
