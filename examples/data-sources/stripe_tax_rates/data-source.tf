data "stripe_tax_rates" "example" {
}
