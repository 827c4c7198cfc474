action "stripe_create_tax_transaction_from_calculation" "example" {
  config {
    calculation = "taxcalc_123"
    reference   = "order_42"
  }
}
