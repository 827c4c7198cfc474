data "stripe_v2_core_account_persons" "example" {
  account = stripe_v2_core_account.example.id
}
