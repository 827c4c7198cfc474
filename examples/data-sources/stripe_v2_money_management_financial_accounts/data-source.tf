data "stripe_v2_money_management_financial_accounts" "example" {
}
