data "stripe_v2_money_management_transaction_entry" "example" {
  id = "id_123"
}
