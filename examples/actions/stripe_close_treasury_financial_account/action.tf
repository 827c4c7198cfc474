action "stripe_close_treasury_financial_account" "example" {
  config {
    treasury_financial_account = stripe_treasury_financial_account.example.id
    forwarding_settings        = { type = "payment_method", payment_method = stripe_payment_method.example.id }
  }
}
