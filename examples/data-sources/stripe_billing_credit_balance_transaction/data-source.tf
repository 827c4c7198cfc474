data "stripe_billing_credit_balance_transaction" "example" {
  id = "cbtxn_123"
}
