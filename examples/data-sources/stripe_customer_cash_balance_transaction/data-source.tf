data "stripe_customer_cash_balance_transaction" "example" {
  customer = stripe_customer.example.id
  id       = "ccsbtxn_123"
}
