data "stripe_credit_note_preview_lines" "example" {
  invoice = "invoice_123"
  amount  = 100
}
