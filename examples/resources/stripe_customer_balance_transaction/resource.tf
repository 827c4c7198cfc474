resource "stripe_customer_balance_transaction" "example" {
  customer = stripe_customer.example.id
  amount   = 100
  currency = "usd"
}
