data "stripe_credit_note_line_item" "example" {
  credit_note = "credit_note_123"
  id          = "cnli_123"
}
