data "stripe_v2_money_management_transaction" "example" {
  id = "id_123"
}
