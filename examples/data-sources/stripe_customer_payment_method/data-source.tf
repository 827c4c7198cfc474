data "stripe_customer_payment_method" "example" {
  customer = stripe_customer.example.id
  id       = "id_123"
}
