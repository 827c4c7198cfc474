action "stripe_release_subscription_schedule" "example" {
  config {
    subscription_schedule = stripe_subscription_schedule.example.id
  }
}
