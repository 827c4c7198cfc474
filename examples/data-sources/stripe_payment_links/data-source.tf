data "stripe_payment_links" "example" {
}
