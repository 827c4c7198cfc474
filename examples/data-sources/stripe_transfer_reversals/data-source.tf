data "stripe_transfer_reversals" "example" {
  transfer = "transfer_123"
}
