data "stripe_invoice_rendering_templates" "example" {
}
