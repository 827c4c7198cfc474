data "stripe_financial_connections_transactions" "example" {
  account = stripe_account.example.id
}
