resource "stripe_treasury_financial_account" "example" {
  supported_currencies = ["usd"]
}
