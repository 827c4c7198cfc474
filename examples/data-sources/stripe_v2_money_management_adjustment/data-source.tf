data "stripe_v2_money_management_adjustment" "example" {
  id = "id_123"
}
