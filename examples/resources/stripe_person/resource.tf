resource "stripe_person" "example" {
  account = stripe_account.example.id
}
