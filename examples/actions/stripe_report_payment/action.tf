action "stripe_report_payment" "example" {
  config {
    amount_requested = {
      currency = "usd"
      value    = 2000
    }
    initiated_at           = 1767225600
    payment_method_details = { payment_method = stripe_payment_method.example.id }
  }
}
