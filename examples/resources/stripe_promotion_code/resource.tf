resource "stripe_promotion_code" "example" {
  code            = "SPRING"
  max_redemptions = 100

  promotion {
    type   = "coupon"
    coupon = stripe_coupon.example.id
  }

  restrictions { first_time_transaction = true }
}
