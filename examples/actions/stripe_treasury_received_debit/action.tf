action "stripe_treasury_received_debit" "example" {
  config {
    financial_account = stripe_treasury_financial_account.example.id
    amount            = 100
    currency          = "usd"
    network           = "ach"
  }
}
