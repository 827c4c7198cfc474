resource "stripe_v2_core_vault_gb_bank_account" "example" {
  currency       = "gbp"
  account_number = "00012345"
  sort_code      = "108800"
}
