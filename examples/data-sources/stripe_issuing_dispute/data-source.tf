data "stripe_issuing_dispute" "example" {
  id = stripe_issuing_dispute.example.id
}
