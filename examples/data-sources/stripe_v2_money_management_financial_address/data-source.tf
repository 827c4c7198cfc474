data "stripe_v2_money_management_financial_address" "example" {
  id = stripe_v2_money_management_financial_address.example.id
}
