action "stripe_cancel_refund" "example" {
  config {
    refund = "re_123"
  }
}
