data "stripe_payouts" "example" {
}
