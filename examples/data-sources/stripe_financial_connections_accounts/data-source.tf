data "stripe_financial_connections_accounts" "example" {
}
