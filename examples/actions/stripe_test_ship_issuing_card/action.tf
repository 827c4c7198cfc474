action "stripe_test_ship_issuing_card" "example" {
  config {
    issuing_card = stripe_issuing_card.example.id
  }
}
