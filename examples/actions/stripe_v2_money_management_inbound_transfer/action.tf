action "stripe_v2_money_management_inbound_transfer" "example" {
  config {
    amount = {
      currency = "usd"
      value    = 10000
    }
    from = { payment_method = stripe_payment_method.example.id }
    to = {
      currency          = "usd"
      financial_account = "fa_123"
    }
  }
}
