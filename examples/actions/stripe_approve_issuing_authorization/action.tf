action "stripe_approve_issuing_authorization" "example" {
  config {
    issuing_authorization = "iauth_123"
  }
}
