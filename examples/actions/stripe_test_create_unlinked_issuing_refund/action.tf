action "stripe_test_create_unlinked_issuing_refund" "example" {
  config {
    card   = stripe_issuing_card.example.id
    amount = 100
  }
}
