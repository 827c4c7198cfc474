action "stripe_treasury_received_credit" "example" {
  config {
    financial_account = stripe_treasury_financial_account.example.id
    amount            = 100
    currency          = "usd"
    network           = "ach"
    description       = "Test funds"
  }
}
