data "stripe_subscription_schedule" "example" {
  id = stripe_subscription_schedule.example.id
}
