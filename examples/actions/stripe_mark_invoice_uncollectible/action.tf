action "stripe_mark_invoice_uncollectible" "example" {
  config {
    invoice = stripe_invoice.example.id
  }
}
