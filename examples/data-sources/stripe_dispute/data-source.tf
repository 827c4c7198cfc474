data "stripe_dispute" "example" {
  id = "dp_123"
}
