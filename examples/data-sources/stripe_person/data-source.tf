data "stripe_person" "example" {
  account = stripe_account.example.id
  id      = stripe_person.example.id
}
