data "stripe_v2_core_vault_gb_bank_accounts" "example" {
}
