action "stripe_test_update_treasury_outbound_transfer" "example" {
  config {
    treasury_outbound_transfer = "obt_123"
    tracking_details = {
      type = "ach"
      ach  = { trace_id = "021000021234567" }
    }
  }
}
