data "stripe_country_specs" "example" {
}
