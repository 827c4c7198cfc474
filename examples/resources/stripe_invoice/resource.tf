resource "stripe_invoice" "example" {
  customer = stripe_customer.example.id
}
