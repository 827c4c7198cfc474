data "stripe_v2_core_account_person_token" "example" {
  account = "acct_123"
  id      = "perstok_123"
}
