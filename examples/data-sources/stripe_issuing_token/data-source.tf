data "stripe_issuing_token" "example" {
  id = "intok_123"
}
