action "stripe_unarchive_v2_core_vault_gb_bank_account" "example" {
  config {
    v2_core_vault_gb_bank_account = stripe_v2_core_vault_gb_bank_account.example.id
  }
}
