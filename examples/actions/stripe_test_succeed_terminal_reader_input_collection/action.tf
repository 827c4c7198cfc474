action "stripe_test_succeed_terminal_reader_input_collection" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
  }
}
