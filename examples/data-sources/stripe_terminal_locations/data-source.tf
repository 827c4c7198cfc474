data "stripe_terminal_locations" "example" {
}
