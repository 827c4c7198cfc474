data "stripe_external_account" "example" {
  account = stripe_account.example.id
  id      = stripe_external_account.example.id
}
