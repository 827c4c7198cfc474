data "stripe_terminal_configuration" "example" {
  id = stripe_terminal_configuration.example.id
}
