data "stripe_payment_method_configuration" "example" {
  id = stripe_payment_method_configuration.example.id
}
