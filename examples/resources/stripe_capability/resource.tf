resource "stripe_capability" "example" {
  account   = stripe_account.example.id
  id        = "transfers"
  requested = true
}
