action "stripe_cancel_treasury_inbound_transfer" "example" {
  config {
    treasury_inbound_transfer = "ibt_123"
  }
}
