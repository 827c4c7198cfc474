ephemeral "stripe_ephemeral_key" "example" {
  customer = stripe_customer.example.id
}
