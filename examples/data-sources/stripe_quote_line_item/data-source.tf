data "stripe_quote_line_item" "example" {
  quote = "quote_123"
  id    = "id_123"
}
