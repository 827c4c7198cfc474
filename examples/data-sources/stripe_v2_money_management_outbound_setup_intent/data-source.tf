data "stripe_v2_money_management_outbound_setup_intent" "example" {
  id = "osi_123"
}
