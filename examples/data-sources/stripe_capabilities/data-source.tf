data "stripe_capabilities" "example" {
  account = stripe_account.example.id
}
