resource "stripe_invoice_item" "example" {
  customer = stripe_customer.example.id
  amount   = 700
  currency = "usd"
}
