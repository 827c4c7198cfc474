data "stripe_coupon" "example" {
  id = stripe_coupon.example.id
}
