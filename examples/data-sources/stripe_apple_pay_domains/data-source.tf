data "stripe_apple_pay_domains" "example" {
}
