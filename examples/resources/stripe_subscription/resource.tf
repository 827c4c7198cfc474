resource "stripe_subscription" "example" {
  customer          = stripe_customer.example.id
  collection_method = "send_invoice"
  days_until_due    = 30
  items             = [{ price = stripe_price.example.id, quantity = 5 }]
}
