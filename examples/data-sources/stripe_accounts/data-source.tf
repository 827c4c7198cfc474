data "stripe_accounts" "example" {
}
