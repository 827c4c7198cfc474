action "stripe_test_finalize_issuing_authorization_amount" "example" {
  config {
    issuing_authorization = "iauth_123"
    final_amount          = 100
  }
}
