action "stripe_cancel_topup" "example" {
  config {
    topup = "tu_123"
  }
}
