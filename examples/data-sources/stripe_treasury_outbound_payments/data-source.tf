data "stripe_treasury_outbound_payments" "example" {
  financial_account = stripe_treasury_financial_account.example.id
}
