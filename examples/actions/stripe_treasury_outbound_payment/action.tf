action "stripe_treasury_outbound_payment" "example" {
  config {
    financial_account          = stripe_treasury_financial_account.example.id
    amount                     = 10000
    currency                   = "usd"
    destination_payment_method = stripe_payment_method.example.id
    end_user_details           = { present = false }
  }
}
