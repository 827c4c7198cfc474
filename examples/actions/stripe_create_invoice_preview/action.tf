action "stripe_create_invoice_preview" "example" {
  config {
    customer     = stripe_customer.example.id
    subscription = stripe_subscription.example.id
  }
}
