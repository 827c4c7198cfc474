action "stripe_test_deliver_issuing_card" "example" {
  config {
    issuing_card = stripe_issuing_card.example.id
  }
}
