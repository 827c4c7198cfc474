resource "stripe_coupon" "example" {
  id                 = "SPRING25"
  name               = "Spring"
  percent_off        = 25
  duration           = "repeating"
  duration_in_months = 3
}
