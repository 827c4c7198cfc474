resource "stripe_treasury_financial_account_features" "example" {
  financial_account = stripe_treasury_financial_account.example.id
  card_issuing = {
    requested = true
  }
}
