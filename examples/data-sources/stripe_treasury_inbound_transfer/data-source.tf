data "stripe_treasury_inbound_transfer" "example" {
  id = "ibt_123"
}
