data "stripe_v2_core_account" "example" {
  id = stripe_v2_core_account.example.id
}
