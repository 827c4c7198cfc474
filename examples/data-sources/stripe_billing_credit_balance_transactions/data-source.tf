data "stripe_billing_credit_balance_transactions" "example" {
}
