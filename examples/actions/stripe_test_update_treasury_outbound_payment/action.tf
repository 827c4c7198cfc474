action "stripe_test_update_treasury_outbound_payment" "example" {
  config {
    treasury_outbound_payment = "obp_123"
    tracking_details = {
      type = "ach"
      ach  = { trace_id = "021000021234567" }
    }
  }
}
