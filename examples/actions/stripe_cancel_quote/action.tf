action "stripe_cancel_quote" "example" {
  config {
    quote = stripe_quote.example.id
  }
}
