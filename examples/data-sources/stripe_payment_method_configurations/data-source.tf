data "stripe_payment_method_configurations" "example" {
}
