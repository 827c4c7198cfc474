data "stripe_quote_computed_upfront_line_items" "example" {
  quote = "quote_123"
}
