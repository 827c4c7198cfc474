ephemeral "stripe_tax_calculation" "example" {
  currency   = "usd"
  line_items = [{ amount = 1000, reference = "cup" }]

  customer_details = {
    address        = { country = "US", state = "NY", postal_code = "10001", line1 = "1 Road" }
    address_source = "shipping"
  }
}
