resource "stripe_portal_configuration" "example" {
  features {
    invoice_history {
      enabled = true
    }
  }
}
