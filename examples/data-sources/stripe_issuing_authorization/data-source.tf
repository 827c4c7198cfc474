data "stripe_issuing_authorization" "example" {
  id = "iauth_123"
}
