data "stripe_issuing_tokens" "example" {
  card = "card_123"
}
