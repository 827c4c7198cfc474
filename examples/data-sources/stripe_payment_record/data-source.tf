data "stripe_payment_record" "example" {
  id = "pr_123"
}
