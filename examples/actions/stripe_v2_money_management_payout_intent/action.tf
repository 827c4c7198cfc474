action "stripe_v2_money_management_payout_intent" "example" {
  config {
    amount = {
      currency = "usd"
      value    = 10000
    }
    from = {
      currency          = "usd"
      financial_account = "fa_123"
    }
    to = { currency = "usd" }
  }
}
