data "stripe_balance_settings" "example" {
}
