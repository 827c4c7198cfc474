action "stripe_resume_subscription" "example" {
  config {
    subscription         = stripe_subscription.example.id
    billing_cycle_anchor = "now"
  }
}
