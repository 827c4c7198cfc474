action "stripe_treasury_inbound_transfer" "example" {
  config {
    financial_account     = stripe_treasury_financial_account.example.id
    origin_payment_method = stripe_payment_method.example.id
    amount                = 10000
    currency              = "usd"
    description           = "Funds from the bank"
  }
}
