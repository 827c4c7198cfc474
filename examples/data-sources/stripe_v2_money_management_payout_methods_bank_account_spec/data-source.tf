data "stripe_v2_money_management_payout_methods_bank_account_spec" "example" {
}
