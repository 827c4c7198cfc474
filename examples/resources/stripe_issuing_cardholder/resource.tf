resource "stripe_issuing_cardholder" "example" {
  billing = {
    address = {
      city        = "Bern"
      country     = "US"
      line1       = "1 Road"
      postal_code = "10001"
    }
  }
  name = "Ada Lovelace"
}
