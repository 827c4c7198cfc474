resource "stripe_payment_method_configuration" "example" {
}
