data "stripe_setup_attempt" "example" {
  id = "setatt_123"
}
