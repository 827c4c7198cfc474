# Run by hand: terraform apply -invoke=action.stripe_refund.example
action "stripe_refund" "example" {
  config {
    payment_intent = stripe_payment_intent.example.id
    amount         = 500
    reason         = "requested_by_customer"
    metadata       = { ticket = "4711" }
  }
}
