resource "stripe_v2_money_management_financial_address" "example" {
  financial_account = "fa_example"
  type              = "bank_account"
}
