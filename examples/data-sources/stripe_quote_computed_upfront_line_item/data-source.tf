data "stripe_quote_computed_upfront_line_item" "example" {
  quote = "quote_123"
  id    = "id_123"
}
