data "stripe_financial_connections_account_owners" "example" {
  account   = stripe_account.example.id
  ownership = "ownership_123"
}
