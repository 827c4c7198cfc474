action "stripe_decline_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
  }
}
