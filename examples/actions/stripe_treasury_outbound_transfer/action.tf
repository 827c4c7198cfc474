action "stripe_treasury_outbound_transfer" "example" {
  config {
    financial_account          = stripe_treasury_financial_account.example.id
    amount                     = 10000
    currency                   = "usd"
    destination_payment_method = stripe_payment_method.example.id
  }
}
