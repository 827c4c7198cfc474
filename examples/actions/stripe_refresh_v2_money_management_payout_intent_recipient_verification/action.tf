action "stripe_refresh_v2_money_management_payout_intent_recipient_verification" "example" {
  config {
    v2_money_management_payout_intent = "pyi_123"
  }
}
