data "stripe_terminal_reader" "example" {
  id = stripe_terminal_reader.example.id
}
