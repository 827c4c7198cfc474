action "stripe_pause_subscription" "example" {
  config {
    subscription = stripe_subscription.example.id
    type         = "subscription"
  }
}
