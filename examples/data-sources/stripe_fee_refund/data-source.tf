data "stripe_fee_refund" "example" {
  application_fee = "application_fee_123"
  id              = "fr_123"
}
