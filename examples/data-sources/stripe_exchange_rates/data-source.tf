data "stripe_exchange_rates" "example" {
}
