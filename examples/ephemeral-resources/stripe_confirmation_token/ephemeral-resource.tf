ephemeral "stripe_confirmation_token" "example" {
  payment_method = "pm_card_visa"
  return_url     = "https://example.com/done"
}
