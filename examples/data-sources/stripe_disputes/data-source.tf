data "stripe_disputes" "example" {
}
