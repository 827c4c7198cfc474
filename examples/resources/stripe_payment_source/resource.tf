resource "stripe_payment_source" "example" {
  customer = stripe_customer.example.id
  source   = "tok_visa"
}
