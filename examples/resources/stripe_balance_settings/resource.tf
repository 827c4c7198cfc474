resource "stripe_balance_settings" "example" {
}
