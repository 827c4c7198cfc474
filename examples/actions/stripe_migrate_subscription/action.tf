action "stripe_migrate_subscription" "example" {
  config {
    subscription = stripe_subscription.example.id
    billing_mode = { type = "flexible" }
  }
}
