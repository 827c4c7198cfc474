data "stripe_billing_feedback_options" "example" {
}
