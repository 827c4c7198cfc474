data "stripe_treasury_outbound_payment" "example" {
  id = "obp_123"
}
