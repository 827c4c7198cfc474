data "stripe_promotion_codes" "example" {
}
