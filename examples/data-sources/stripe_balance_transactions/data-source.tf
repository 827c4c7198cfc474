data "stripe_balance_transactions" "example" {
}
