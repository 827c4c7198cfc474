action "stripe_report_payment_attempt_informational" "example" {
  config {
    payment_record = "pr_123"
  }
}
