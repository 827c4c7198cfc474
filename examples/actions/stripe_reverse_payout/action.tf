action "stripe_reverse_payout" "example" {
  config {
    payout = "po_123"
  }
}
