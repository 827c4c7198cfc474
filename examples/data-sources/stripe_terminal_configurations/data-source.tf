data "stripe_terminal_configurations" "example" {
}
