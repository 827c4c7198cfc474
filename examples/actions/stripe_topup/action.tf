action "stripe_topup" "example" {
  config {
    amount      = 50000
    currency    = "usd"
    description = "Funds for refunds"
  }
}
