data "stripe_tax_codes" "example" {
}
