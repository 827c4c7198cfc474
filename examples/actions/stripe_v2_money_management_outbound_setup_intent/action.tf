action "stripe_v2_money_management_outbound_setup_intent" "example" {
  config {
    payout_method = "usba_123"
    usage_intent  = "payment"
  }
}
