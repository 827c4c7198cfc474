data "stripe_customer_balance_transactions" "example" {
  customer = stripe_customer.example.id
}
