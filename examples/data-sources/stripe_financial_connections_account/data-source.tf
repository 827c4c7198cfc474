data "stripe_financial_connections_account" "example" {
  id = "fca_123"
}
