action "stripe_void_invoice" "example" {
  config {
    invoice = stripe_invoice.example.id
  }
}
