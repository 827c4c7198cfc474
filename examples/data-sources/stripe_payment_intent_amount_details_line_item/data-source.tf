data "stripe_payment_intent_amount_details_line_item" "example" {
  intent = "intent_123"
  id     = "id_123"
}
