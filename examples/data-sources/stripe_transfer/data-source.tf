data "stripe_transfer" "example" {
  id = "tr_123"
}
