action "stripe_expire_billing_credit_grant" "example" {
  config {
    billing_credit_grant = stripe_billing_credit_grant.example.id
  }
}
