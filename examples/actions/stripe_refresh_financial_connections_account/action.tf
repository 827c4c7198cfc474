action "stripe_refresh_financial_connections_account" "example" {
  config {
    financial_connections_account = "fca_123"
    features                      = ["balance"]
  }
}
