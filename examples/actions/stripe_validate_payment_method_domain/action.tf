action "stripe_validate_payment_method_domain" "example" {
  config {
    payment_method_domain = stripe_payment_method_domain.example.id
  }
}
