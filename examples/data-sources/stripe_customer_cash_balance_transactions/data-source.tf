data "stripe_customer_cash_balance_transactions" "example" {
  customer = stripe_customer.example.id
}
