action "stripe_cancel_v2_money_management_outbound_setup_intent" "example" {
  config {
    v2_money_management_outbound_setup_intent = "osi_123"
  }
}
