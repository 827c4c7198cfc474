action "stripe_attach_payment_to_invoice" "example" {
  config {
    invoice        = stripe_invoice.example.id
    payment_intent = stripe_payment_intent.example.id
  }
}
