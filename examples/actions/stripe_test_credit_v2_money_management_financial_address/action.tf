action "stripe_test_credit_v2_money_management_financial_address" "example" {
  config {
    v2_money_management_financial_address = stripe_v2_money_management_financial_address.example.id
    amount = {
      currency = "usd"
      value    = 500
    }
    network = "ach"
  }
}
