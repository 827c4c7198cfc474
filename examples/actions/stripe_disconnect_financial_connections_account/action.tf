action "stripe_disconnect_financial_connections_account" "example" {
  config {
    financial_connections_account = "fca_123"
  }
}
