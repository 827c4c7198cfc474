data "stripe_product" "example" {
  name = stripe_product.example.name
}
