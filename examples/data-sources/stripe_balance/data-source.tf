data "stripe_balance" "example" {
}
