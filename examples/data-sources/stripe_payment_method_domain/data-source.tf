data "stripe_payment_method_domain" "example" {
  id = stripe_payment_method_domain.example.id
}
