action "stripe_refresh_v2_money_management_transaction_regulatory_receipt" "example" {
  config {
    v2_money_management_transaction = "trxn_123"
  }
}
