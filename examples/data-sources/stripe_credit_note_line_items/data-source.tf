data "stripe_credit_note_line_items" "example" {
  credit_note = "credit_note_123"
}
