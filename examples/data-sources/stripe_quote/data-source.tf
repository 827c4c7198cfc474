data "stripe_quote" "example" {
  id = stripe_quote.example.id
}
