data "stripe_billing_credit_grants" "example" {
}
