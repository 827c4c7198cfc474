data "stripe_account" "example" {
  id = stripe_account.example.id
}
