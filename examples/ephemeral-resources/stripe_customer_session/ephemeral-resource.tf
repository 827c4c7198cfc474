ephemeral "stripe_customer_session" "example" {
  customer   = stripe_customer.example.id
  components = { pricing_table = { enabled = true } }
}
