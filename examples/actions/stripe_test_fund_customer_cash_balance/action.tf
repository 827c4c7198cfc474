action "stripe_test_fund_customer_cash_balance" "example" {
  config {
    customer = stripe_customer.example.id
    amount   = 100
    currency = "usd"
  }
}
