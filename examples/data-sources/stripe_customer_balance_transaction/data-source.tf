data "stripe_customer_balance_transaction" "example" {
  customer = stripe_customer.example.id
  id       = stripe_customer_balance_transaction.example.id
}
