data "stripe_customer_payment_methods" "example" {
  customer = stripe_customer.example.id
}
