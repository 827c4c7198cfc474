resource "stripe_issuing_card" "example" {
  currency   = "usd"
  type       = "virtual"
  cardholder = stripe_issuing_cardholder.example.id
}
