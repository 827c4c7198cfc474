data "stripe_treasury_received_debit" "example" {
  id = "rd_123"
}
