data "stripe_checkout_session_line_items" "example" {
  session = "session_123"
}
