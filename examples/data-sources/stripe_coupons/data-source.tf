data "stripe_coupons" "example" {
}
