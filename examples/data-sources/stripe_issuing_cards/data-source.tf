data "stripe_issuing_cards" "example" {
}
