action "stripe_archive_v2_money_management_payout_method" "example" {
  config {
    v2_money_management_payout_method = "usba_123"
  }
}
