action "stripe_treasury_credit_reversal" "example" {
  config {
    received_credit = "rc_123"
  }
}
