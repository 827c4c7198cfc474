action "stripe_treasury_debit_reversal" "example" {
  config {
    received_debit = "rd_123"
  }
}
