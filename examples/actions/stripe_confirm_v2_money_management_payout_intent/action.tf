action "stripe_confirm_v2_money_management_payout_intent" "example" {
  config {
    v2_money_management_payout_intent = "pyi_123"
  }
}
