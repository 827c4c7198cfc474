data "stripe_treasury_received_credit" "example" {
  id = "rc_123"
}
