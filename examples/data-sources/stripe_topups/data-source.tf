data "stripe_topups" "example" {
}
