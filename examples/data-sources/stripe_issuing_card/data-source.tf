data "stripe_issuing_card" "example" {
  id = stripe_issuing_card.example.id
}
