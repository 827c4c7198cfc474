data "stripe_external_accounts" "example" {
  account = stripe_account.example.id
}
