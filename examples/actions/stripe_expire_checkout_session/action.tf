action "stripe_expire_checkout_session" "example" {
  config {
    checkout_session = "cs_test_123"
  }
}
