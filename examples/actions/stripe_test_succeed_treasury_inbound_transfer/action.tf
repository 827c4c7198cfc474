action "stripe_test_succeed_treasury_inbound_transfer" "example" {
  config {
    treasury_inbound_transfer = "ibt_123"
  }
}
