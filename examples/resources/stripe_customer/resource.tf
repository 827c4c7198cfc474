resource "stripe_customer" "example" {
  name  = "Ada"
  email = "ada@example.com"

  address {
    line1       = "12 St James's Square"
    city        = "London"
    postal_code = "SW1Y 4JH"
    country     = "GB"
  }

  invoice_settings { footer = "Thank you." }
}
