action "stripe_test_submit_issuing_card" "example" {
  config {
    issuing_card = stripe_issuing_card.example.id
  }
}
