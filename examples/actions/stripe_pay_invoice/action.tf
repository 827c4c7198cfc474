action "stripe_pay_invoice" "example" {
  config {
    invoice          = stripe_invoice.example.id
    paid_out_of_band = true
  }
}
