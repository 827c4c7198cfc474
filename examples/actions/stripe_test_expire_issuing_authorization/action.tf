action "stripe_test_expire_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
  }
}
