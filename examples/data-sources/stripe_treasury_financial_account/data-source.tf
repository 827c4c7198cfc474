data "stripe_treasury_financial_account" "example" {
  id = stripe_treasury_financial_account.example.id
}
