data "stripe_charges" "example" {
}
