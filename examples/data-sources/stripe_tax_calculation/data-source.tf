data "stripe_tax_calculation" "example" {
  id = "taxcalc_123"
}
