action "stripe_archive_v2_core_vault_us_bank_account" "example" {
  config {
    v2_core_vault_us_bank_account = stripe_v2_core_vault_us_bank_account.example.id
  }
}
