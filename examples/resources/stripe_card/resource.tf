resource "stripe_card" "example" {
  customer = stripe_customer.example.id
  source   = "tok_visa"
}
