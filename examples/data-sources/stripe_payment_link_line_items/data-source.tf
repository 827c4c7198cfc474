data "stripe_payment_link_line_items" "example" {
  payment_link = "payment_link_123"
}
