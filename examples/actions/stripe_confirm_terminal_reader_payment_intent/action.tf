action "stripe_confirm_terminal_reader_payment_intent" "example" {
  config {
    payment_intent  = stripe_payment_intent.example.id
    terminal_reader = stripe_terminal_reader.example.id
  }
}
