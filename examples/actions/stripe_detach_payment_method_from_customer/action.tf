action "stripe_detach_payment_method_from_customer" "example" {
  config {
    payment_method = stripe_payment_method.example.id
  }
}
