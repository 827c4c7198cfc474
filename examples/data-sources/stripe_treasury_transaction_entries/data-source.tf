data "stripe_treasury_transaction_entries" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
