data "stripe_refunds" "example" {
}
