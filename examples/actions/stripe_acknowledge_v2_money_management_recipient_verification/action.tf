action "stripe_acknowledge_v2_money_management_recipient_verification" "example" {
  config {
    v2_money_management_recipient_verification = "rv_123"
  }
}
