action "stripe_finalize_quote" "example" {
  config {
    quote = stripe_quote.example.id
  }
}
