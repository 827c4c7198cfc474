action "stripe_cancel_subscription" "example" {
  config {
    subscription = stripe_subscription.example.id
    invoice_now  = true
    prorate      = true
  }
}
