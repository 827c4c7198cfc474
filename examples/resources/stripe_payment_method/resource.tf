resource "stripe_payment_method" "example" {
  type = "card"
  card = {
    token = "tok_visa"
  }
}
