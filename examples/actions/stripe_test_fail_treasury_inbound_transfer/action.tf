action "stripe_test_fail_treasury_inbound_transfer" "example" {
  config {
    treasury_inbound_transfer = "ibt_123"
  }
}
