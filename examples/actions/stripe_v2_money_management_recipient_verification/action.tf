action "stripe_v2_money_management_recipient_verification" "example" {
  config {
    payout_method = "usba_123"
  }
}
