action "stripe_resume_subscription" "example" {
  config {
    subscription       = stripe_subscription.example.id
    proration_behavior = "none"
  }
}
