data "stripe_credit_note" "example" {
  id = stripe_credit_note.example.id
}
