action "stripe_test_expire_refund" "example" {
  config {
    refund = "re_123"
  }
}
