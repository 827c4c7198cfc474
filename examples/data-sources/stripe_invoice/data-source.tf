data "stripe_invoice" "example" {
  id = stripe_invoice.example.id
}
