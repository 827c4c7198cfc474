data "stripe_v2_money_management_received_credits" "example" {
}
