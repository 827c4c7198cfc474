data "stripe_tax_code" "example" {
  id = "txcd_123"
}
