data "stripe_v2_core_account_token" "example" {
  id = "accttok_123"
}
