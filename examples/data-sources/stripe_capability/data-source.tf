data "stripe_capability" "example" {
  account = stripe_account.example.id
  id      = stripe_capability.example.id
}
