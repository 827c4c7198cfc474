resource "stripe_terminal_location" "example" {
  display_name = "Shop"
  address = {
    country     = "US"
    line1       = "1 Road"
    city        = "San Francisco"
    state       = "CA"
    postal_code = "94110"
  }
}
