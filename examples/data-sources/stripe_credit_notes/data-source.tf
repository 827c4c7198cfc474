data "stripe_credit_notes" "example" {
}
