resource "stripe_charge" "example" {
  amount   = 1000
  currency = "usd"
  source   = "tok_visa"
}
