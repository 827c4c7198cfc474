action "stripe_report_payment_attempt" "example" {
  config {
    payment_record         = "pr_123"
    initiated_at           = 1767225600
    payment_method_details = { payment_method = stripe_payment_method.example.id }
  }
}
