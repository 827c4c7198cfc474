action "stripe_cancel_treasury_outbound_payment" "example" {
  config {
    treasury_outbound_payment = "obp_123"
  }
}
