data "stripe_promotion_code" "example" {
  code = stripe_promotion_code.example.code
}
