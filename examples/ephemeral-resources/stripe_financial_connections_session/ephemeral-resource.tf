ephemeral "stripe_financial_connections_session" "example" {
  account_holder = { type = "customer", customer = stripe_customer.example.id }
  permissions    = ["balances", "payment_method"]
}
