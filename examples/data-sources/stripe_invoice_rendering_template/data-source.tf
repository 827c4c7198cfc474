data "stripe_invoice_rendering_template" "example" {
  id = "inrtem_123"
}
