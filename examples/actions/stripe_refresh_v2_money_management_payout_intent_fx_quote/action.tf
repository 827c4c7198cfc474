action "stripe_refresh_v2_money_management_payout_intent_fx_quote" "example" {
  config {
    v2_money_management_payout_intent = "pyi_123"
  }
}
