action "stripe_test_return_issuing_card" "example" {
  config {
    issuing_card = stripe_issuing_card.example.id
  }
}
