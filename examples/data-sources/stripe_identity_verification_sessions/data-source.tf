data "stripe_identity_verification_sessions" "example" {
}
