action "stripe_test_reverse_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
  }
}
