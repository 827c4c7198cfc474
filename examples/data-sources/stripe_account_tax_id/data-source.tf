data "stripe_account_tax_id" "example" {
  id = stripe_account_tax_id.example.id
}
