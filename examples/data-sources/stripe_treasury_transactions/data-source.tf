data "stripe_treasury_transactions" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
