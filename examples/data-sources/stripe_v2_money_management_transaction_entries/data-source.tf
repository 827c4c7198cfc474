data "stripe_v2_money_management_transaction_entries" "example" {
}
