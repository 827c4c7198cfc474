ephemeral "stripe_terminal_connection_token" "example" {
  location = stripe_terminal_location.example.id
}
