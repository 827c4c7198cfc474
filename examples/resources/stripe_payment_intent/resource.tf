resource "stripe_payment_intent" "example" {
  amount   = 100
  currency = "usd"
}
