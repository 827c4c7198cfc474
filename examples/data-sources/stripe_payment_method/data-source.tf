data "stripe_payment_method" "example" {
  id = stripe_payment_method.example.id
}
