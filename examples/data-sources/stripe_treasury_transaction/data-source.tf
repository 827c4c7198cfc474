data "stripe_treasury_transaction" "example" {
  id = "trxn_123"
}
