data "stripe_v2_money_management_inbound_transfer" "example" {
  id = "ibt_123"
}
