action "stripe_void_credit_note" "example" {
  config {
    credit_note = stripe_credit_note.example.id
  }
}
