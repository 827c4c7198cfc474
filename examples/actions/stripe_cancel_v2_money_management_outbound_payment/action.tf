action "stripe_cancel_v2_money_management_outbound_payment" "example" {
  config {
    v2_money_management_outbound_payment = "obp_123"
  }
}
