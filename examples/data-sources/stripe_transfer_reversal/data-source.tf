data "stripe_transfer_reversal" "example" {
  transfer = "transfer_123"
  id       = "trr_123"
}
