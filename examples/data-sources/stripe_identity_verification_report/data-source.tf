data "stripe_identity_verification_report" "example" {
  id = "vr_123"
}
