resource "stripe_terminal_reader" "example" {
  registration_code = "simulated-wpe"
  location          = stripe_terminal_location.example.id
}
