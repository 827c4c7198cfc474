data "stripe_treasury_outbound_transfer" "example" {
  id = "obt_123"
}
