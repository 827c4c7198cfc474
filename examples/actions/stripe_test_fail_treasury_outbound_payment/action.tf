action "stripe_test_fail_treasury_outbound_payment" "example" {
  config {
    treasury_outbound_payment = "obp_123"
  }
}
