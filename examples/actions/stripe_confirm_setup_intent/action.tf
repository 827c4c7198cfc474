action "stripe_confirm_setup_intent" "example" {
  config {
    setup_intent   = stripe_setup_intent.example.id
    payment_method = "pm_card_visa"
    return_url     = "https://example.com/thanks"
  }
}
