data "stripe_v2_money_management_payout_method" "example" {
  id = "id_123"
}
