action "stripe_close_dispute" "example" {
  config {
    dispute = "dp_123"
  }
}
