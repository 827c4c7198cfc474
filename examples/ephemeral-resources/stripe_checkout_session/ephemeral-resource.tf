ephemeral "stripe_checkout_session" "example" {
  mode        = "subscription"
  success_url = "https://example.com/thanks"
  line_items  = [{ price = stripe_price.example.id, quantity = 1 }]
}
