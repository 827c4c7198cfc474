action "stripe_apply_customer_balance_to_payment_intent" "example" {
  config {
    payment_intent = stripe_payment_intent.example.id
  }
}
