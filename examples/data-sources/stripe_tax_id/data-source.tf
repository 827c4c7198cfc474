data "stripe_tax_id" "example" {
  id = stripe_tax_id.example.id
}
