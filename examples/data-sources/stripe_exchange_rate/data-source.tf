data "stripe_exchange_rate" "example" {
  id = "id_123"
}
