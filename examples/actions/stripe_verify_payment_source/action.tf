action "stripe_verify_payment_source" "example" {
  config {
    customer       = stripe_customer.example.id
    payment_source = stripe_payment_source.example.id
    amounts        = [32, 45]
  }
}
