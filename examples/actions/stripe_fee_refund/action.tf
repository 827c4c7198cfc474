action "stripe_fee_refund" "example" {
  config {
    fee    = "fee_123"
    amount = 100
  }
}
