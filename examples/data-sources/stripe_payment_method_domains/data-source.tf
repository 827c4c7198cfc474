data "stripe_payment_method_domains" "example" {
}
