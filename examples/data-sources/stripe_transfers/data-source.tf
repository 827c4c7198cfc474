data "stripe_transfers" "example" {
}
