data "stripe_v2_core_vault_gb_bank_account" "example" {
  id = stripe_v2_core_vault_gb_bank_account.example.id
}
