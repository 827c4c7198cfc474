terraform import stripe_coupon.example SPRING25
