action "stripe_redact_identity_verification_session" "example" {
  config {
    identity_verification_session = "vs_123"
  }
}
