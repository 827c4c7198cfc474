data "stripe_v2_money_management_transactions" "example" {
}
