data "stripe_financial_connections_transactions" "example" {
  account = "fca_123"
}
