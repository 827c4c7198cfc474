data "stripe_treasury_debit_reversal" "example" {
  id = "debrev_123"
}
