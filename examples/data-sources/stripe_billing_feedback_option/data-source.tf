data "stripe_billing_feedback_option" "example" {
  id = stripe_billing_feedback_option.example.id
}
