data "stripe_tax_calculation_line_item" "example" {
  calculation = "calculation_123"
  id          = "tax_li_123"
}
