action "stripe_attach_payment_method_to_customer" "example" {
  config {
    customer       = stripe_customer.example.id
    payment_method = stripe_payment_method.example.id
  }
}
