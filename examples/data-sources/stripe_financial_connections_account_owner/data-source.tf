data "stripe_financial_connections_account_owner" "example" {
  account = stripe_account.example.id
  id      = "id_123"
}
