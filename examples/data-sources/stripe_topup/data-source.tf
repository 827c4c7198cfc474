data "stripe_topup" "example" {
  id = "tu_123"
}
