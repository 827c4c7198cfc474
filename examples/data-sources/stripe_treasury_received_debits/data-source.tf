data "stripe_treasury_received_debits" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
