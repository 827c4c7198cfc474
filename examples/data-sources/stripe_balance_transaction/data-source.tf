data "stripe_balance_transaction" "example" {
  id = "txn_123"
}
