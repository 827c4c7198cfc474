data "stripe_v2_money_management_payout_intent" "example" {
  id = "pyi_123"
}
