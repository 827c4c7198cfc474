action "stripe_transfer_reversal" "example" {
  config {
    transfer = "tr_123"
    amount   = 500
  }
}
