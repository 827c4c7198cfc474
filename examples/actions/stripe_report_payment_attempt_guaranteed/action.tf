action "stripe_report_payment_attempt_guaranteed" "example" {
  config {
    payment_record = "pr_123"
    guaranteed_at  = 1767225600
  }
}
