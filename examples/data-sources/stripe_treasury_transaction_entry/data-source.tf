data "stripe_treasury_transaction_entry" "example" {
  id = "trxne_123"
}
