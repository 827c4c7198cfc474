resource "stripe_tax_location" "example" {
  address = {
    country     = "US"
    line1       = "1 Road"
    city        = "Bern"
    postal_code = "10001"
  }
  type = "performance"
}
