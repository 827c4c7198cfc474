data "stripe_payment_link_line_item" "example" {
  payment_link = "payment_link_123"
  id           = "id_123"
}
