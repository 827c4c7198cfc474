data "stripe_tax_calculation_line_items" "example" {
  calculation = "calculation_123"
}
