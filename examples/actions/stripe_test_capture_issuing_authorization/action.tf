action "stripe_test_capture_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
  }
}
