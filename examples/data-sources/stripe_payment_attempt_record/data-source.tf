data "stripe_payment_attempt_record" "example" {
  id = "par_123"
}
