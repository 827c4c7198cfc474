action "stripe_cancel_subscription_schedule" "example" {
  config {
    subscription_schedule = stripe_subscription_schedule.example.id
  }
}
