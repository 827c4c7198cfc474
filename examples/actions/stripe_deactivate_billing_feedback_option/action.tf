action "stripe_deactivate_billing_feedback_option" "example" {
  config {
    billing_feedback_option = stripe_billing_feedback_option.example.id
  }
}
