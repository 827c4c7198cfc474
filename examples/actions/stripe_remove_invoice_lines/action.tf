action "stripe_remove_invoice_lines" "example" {
  config {
    invoice = stripe_invoice.example.id
    lines = [{
      id       = "il_123"
      behavior = "delete"
    }]
  }
}
