data "stripe_v2_core_vault_us_bank_account" "example" {
  id = stripe_v2_core_vault_us_bank_account.example.id
}
