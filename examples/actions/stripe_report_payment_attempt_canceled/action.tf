action "stripe_report_payment_attempt_canceled" "example" {
  config {
    payment_record = "pr_123"
    canceled_at    = 1767225600
  }
}
