data "stripe_payment_attempt_records" "example" {
  payment_record = "payment_record_123"
}
