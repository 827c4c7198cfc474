action "stripe_accept_quote" "example" {
  config {
    quote = stripe_quote.example.id
  }
}
