resource "stripe_tax_settings" "example" {
}
