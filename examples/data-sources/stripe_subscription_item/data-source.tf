data "stripe_subscription_item" "example" {
  id = stripe_subscription_item.example.id
}
