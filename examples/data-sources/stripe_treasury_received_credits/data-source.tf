data "stripe_treasury_received_credits" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
