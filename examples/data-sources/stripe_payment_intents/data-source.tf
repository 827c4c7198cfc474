data "stripe_payment_intents" "example" {
}
