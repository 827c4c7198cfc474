data "stripe_persons" "example" {
  account = stripe_account.example.id
}
