data "stripe_source" "example" {
  id = stripe_source.example.id
}
