action "stripe_cancel_v2_money_management_payout_intent" "example" {
  config {
    v2_money_management_payout_intent = "pyi_123"
  }
}
