action "stripe_approve_review" "example" {
  config {
    review = "prv_123"
  }
}
