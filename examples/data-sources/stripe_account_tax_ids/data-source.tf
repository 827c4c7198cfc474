data "stripe_account_tax_ids" "example" {
}
