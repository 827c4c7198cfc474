data "stripe_v2_money_management_outbound_setup_intents" "example" {
}
