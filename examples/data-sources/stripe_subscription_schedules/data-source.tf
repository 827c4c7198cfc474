data "stripe_subscription_schedules" "example" {
}
