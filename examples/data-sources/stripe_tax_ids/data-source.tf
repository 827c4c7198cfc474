data "stripe_tax_ids" "example" {
}
