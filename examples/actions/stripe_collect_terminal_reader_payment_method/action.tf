action "stripe_collect_terminal_reader_payment_method" "example" {
  config {
    payment_intent  = stripe_payment_intent.example.id
    terminal_reader = stripe_terminal_reader.example.id
  }
}
