ephemeral "stripe_identity_verification_session" "example" {
  type    = "document"
  options = { document = { require_matching_selfie = true } }
}
