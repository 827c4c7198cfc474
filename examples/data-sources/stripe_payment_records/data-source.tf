data "stripe_payment_records" "example" {
}
