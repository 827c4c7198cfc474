action "stripe_cancel_payout" "example" {
  config {
    payout = "po_123"
  }
}
