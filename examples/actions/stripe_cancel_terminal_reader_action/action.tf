action "stripe_cancel_terminal_reader_action" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
  }
}
