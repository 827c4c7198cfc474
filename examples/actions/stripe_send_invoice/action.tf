action "stripe_send_invoice" "example" {
  config {
    invoice = stripe_invoice.example.id
  }
}
