data "stripe_v2_money_management_payout_methods" "example" {
}
