data "stripe_quotes" "example" {
}
