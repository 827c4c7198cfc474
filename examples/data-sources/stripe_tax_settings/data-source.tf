data "stripe_tax_settings" "example" {
}
