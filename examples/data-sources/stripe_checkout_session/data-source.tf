data "stripe_checkout_session" "example" {
  id = "cs_test_123"
}
