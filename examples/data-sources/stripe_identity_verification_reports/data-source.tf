data "stripe_identity_verification_reports" "example" {
}
