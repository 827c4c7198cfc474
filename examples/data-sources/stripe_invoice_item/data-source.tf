data "stripe_invoice_item" "example" {
  id = stripe_invoice_item.example.id
}
