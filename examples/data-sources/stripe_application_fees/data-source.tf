data "stripe_application_fees" "example" {
}
