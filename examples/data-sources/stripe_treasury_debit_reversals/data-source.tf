data "stripe_treasury_debit_reversals" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
