data "stripe_v2_core_account_person_token" "example" {
  account = stripe_v2_core_account.example.id
  id      = "perstok_123"
}
