data "stripe_application_fee" "example" {
  id = "fee_123"
}
