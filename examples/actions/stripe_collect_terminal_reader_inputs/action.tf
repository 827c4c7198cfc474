action "stripe_collect_terminal_reader_inputs" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
    inputs = [{
      type        = "email"
      custom_text = { title = "Receipt" }
    }]
  }
}
