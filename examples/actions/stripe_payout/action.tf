action "stripe_payout" "example" {
  config {
    amount               = 25000
    currency             = "usd"
    description          = "Weekly payout"
    statement_descriptor = "EXAMPLE SHOP"
  }
}
