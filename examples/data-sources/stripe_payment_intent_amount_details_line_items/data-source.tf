data "stripe_payment_intent_amount_details_line_items" "example" {
  intent = "intent_123"
}
