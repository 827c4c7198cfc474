action "stripe_report_payment_attempt_failed" "example" {
  config {
    payment_record = "pr_123"
    failed_at      = 1767225600
  }
}
