data "stripe_v2_money_management_financial_account" "example" {
  id = "fa_123"
}
