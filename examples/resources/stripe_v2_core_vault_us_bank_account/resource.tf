resource "stripe_v2_core_vault_us_bank_account" "example" {
  account_number = "000123456789"
  currency       = "usd"
  routing_number = "110000000"
}
