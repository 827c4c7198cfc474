data "stripe_payout" "example" {
  id = "po_123"
}
