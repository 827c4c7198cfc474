action "stripe_test_post_treasury_outbound_payment" "example" {
  config {
    treasury_outbound_payment = "obp_123"
  }
}
