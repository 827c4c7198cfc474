action "stripe_test_force_capture_issuing_transaction" "example" {
  config {
    card   = stripe_issuing_card.example.id
    amount = 100
  }
}
