action "stripe_test_create_v2_money_management_recipient_verification" "example" {
  config {
    payout_method = stripe_v2_core_vault_gb_bank_account.example.id
    match_result  = "match"
  }
}
