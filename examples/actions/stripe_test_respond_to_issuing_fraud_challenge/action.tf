action "stripe_test_respond_to_issuing_fraud_challenge" "example" {
  config {
    issuing_authorization = "iauth_123"
    confirmed             = true
  }
}
