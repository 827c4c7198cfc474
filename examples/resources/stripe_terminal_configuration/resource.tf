resource "stripe_terminal_configuration" "example" {
}
