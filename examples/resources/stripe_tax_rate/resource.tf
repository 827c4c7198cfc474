resource "stripe_tax_rate" "example" {
  display_name = "VAT"
  percentage   = 20
  inclusive    = false
  country      = "GB"
}
