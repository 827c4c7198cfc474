data "stripe_v2_money_management_inbound_transfers" "example" {
}
