data "stripe_apple_pay_domain" "example" {
  id = stripe_apple_pay_domain.example.id
}
