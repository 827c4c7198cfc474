data "stripe_v2_money_management_recipient_verification" "example" {
  id = "rv_123"
}
