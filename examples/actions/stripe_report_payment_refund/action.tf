action "stripe_report_payment_refund" "example" {
  config {
    payment_record = "pr_123"
    outcome        = "refunded"
    processor_details = {
      type   = "custom"
      custom = { refund_reference = "refund_42" }
    }
  }
}
