action "stripe_test_present_terminal_reader_payment_method" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
  }
}
