data "stripe_issuing_cardholder" "example" {
  id = stripe_issuing_cardholder.example.id
}
