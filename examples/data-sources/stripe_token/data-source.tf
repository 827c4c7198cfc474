data "stripe_token" "example" {
  id = "tok_123"
}
