data "stripe_v2_money_management_received_credit" "example" {
  id = "id_123"
}
