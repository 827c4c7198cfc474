action "stripe_add_invoice_lines" "example" {
  config {
    invoice = stripe_invoice.example.id
    lines = [{
      description = "Setup fee"
      amount      = 500
    }]
  }
}
