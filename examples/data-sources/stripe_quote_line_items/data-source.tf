data "stripe_quote_line_items" "example" {
  quote = "quote_123"
}
