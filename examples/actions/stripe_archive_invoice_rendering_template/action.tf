action "stripe_archive_invoice_rendering_template" "example" {
  config {
    invoice_rendering_template = "inrtem_123"
  }
}
