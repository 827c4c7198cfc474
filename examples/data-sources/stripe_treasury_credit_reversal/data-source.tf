data "stripe_treasury_credit_reversal" "example" {
  id = "credrev_123"
}
