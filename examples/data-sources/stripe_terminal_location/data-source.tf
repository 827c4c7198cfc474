data "stripe_terminal_location" "example" {
  id = stripe_terminal_location.example.id
}
