data "stripe_payment_methods" "example" {
}
