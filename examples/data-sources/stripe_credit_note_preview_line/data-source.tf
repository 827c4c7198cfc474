data "stripe_credit_note_preview_line" "example" {
  id = "id_123"
}
