data "stripe_tax_registrations" "example" {
}
