data "stripe_issuing_disputes" "example" {
}
