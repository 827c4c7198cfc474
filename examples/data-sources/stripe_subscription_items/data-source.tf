data "stripe_subscription_items" "example" {
  subscription = stripe_subscription.example.id
}
