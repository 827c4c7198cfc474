action "stripe_update_invoice_lines" "example" {
  config {
    invoice = stripe_invoice.example.id
    lines = [{
      id          = "il_123"
      description = "Setup fee"
    }]
  }
}
