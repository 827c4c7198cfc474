data "stripe_treasury_financial_accounts" "example" {
}
