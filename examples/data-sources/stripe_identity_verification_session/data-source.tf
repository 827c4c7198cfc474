data "stripe_identity_verification_session" "example" {
  id = "vs_123"
}
