data "stripe_confirmation_token" "example" {
  id = "ctoken_123"
}
