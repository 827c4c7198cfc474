data "stripe_checkout_session_line_item" "example" {
  session = "session_123"
  id      = "id_123"
}
