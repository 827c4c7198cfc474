action "stripe_delete_subscription_discount" "example" {
  config {
    subscription = stripe_subscription.example.id
  }
}
