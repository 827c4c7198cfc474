data "stripe_fee_refunds" "example" {
  application_fee = "application_fee_123"
}
