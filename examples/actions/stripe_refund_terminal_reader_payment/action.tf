action "stripe_refund_terminal_reader_payment" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
    payment_intent  = stripe_payment_intent.example.id
    amount          = 100
  }
}
