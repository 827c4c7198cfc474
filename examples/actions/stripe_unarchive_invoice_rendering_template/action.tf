action "stripe_unarchive_invoice_rendering_template" "example" {
  config {
    invoice_rendering_template = "inrtem_123"
  }
}
