data "stripe_cash_balance" "example" {
  customer = stripe_customer.example.id
}
