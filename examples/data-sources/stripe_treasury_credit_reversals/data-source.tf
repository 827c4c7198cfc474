data "stripe_treasury_credit_reversals" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
