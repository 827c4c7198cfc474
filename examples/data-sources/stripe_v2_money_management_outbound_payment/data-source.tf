data "stripe_v2_money_management_outbound_payment" "example" {
  id = "obp_123"
}
