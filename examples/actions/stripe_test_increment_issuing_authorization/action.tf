action "stripe_test_increment_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
    increment_amount      = 100
  }
}
