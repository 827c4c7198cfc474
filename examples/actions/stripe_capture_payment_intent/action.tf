action "stripe_capture_payment_intent" "example" {
  config {
    payment_intent    = stripe_payment_intent.example.id
    amount_to_capture = 80
  }
}
