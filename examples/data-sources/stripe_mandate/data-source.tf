data "stripe_mandate" "example" {
  id = "mandate_123"
}
