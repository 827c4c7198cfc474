data "stripe_price" "example" {
  lookup_key = stripe_price.example.lookup_key
}
