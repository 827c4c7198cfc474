data "stripe_v2_core_account_person" "example" {
  account = stripe_v2_core_account.example.id
  id      = stripe_v2_core_account_person.example.id
}
