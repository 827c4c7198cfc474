action "stripe_v2_money_management_outbound_payment" "example" {
  config {
    amount = {
      currency = "usd"
      value    = 10000
    }
    from = {
      currency          = "usd"
      financial_account = "fa_123"
    }
    to = { recipient = stripe_v2_core_account.example.id }
  }
}
