data "stripe_subscription" "example" {
  id = stripe_subscription.example.id
}
