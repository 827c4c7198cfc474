action "stripe_test_return_treasury_outbound_transfer" "example" {
  config {
    treasury_outbound_transfer = "obt_123"
  }
}
