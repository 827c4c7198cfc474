data "stripe_terminal_readers" "example" {
}
