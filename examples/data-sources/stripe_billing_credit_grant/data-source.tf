data "stripe_billing_credit_grant" "example" {
  id = stripe_billing_credit_grant.example.id
}
