data "stripe_financial_connections_transaction" "example" {
  id = "fctxn_123"
}
