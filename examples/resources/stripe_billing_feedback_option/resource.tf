resource "stripe_billing_feedback_option" "example" {
  description = "example"
}
