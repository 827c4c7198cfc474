data "stripe_financial_connections_session" "example" {
  id = "fcsess_123"
}
