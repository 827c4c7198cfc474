data "stripe_tax_rate" "example" {
  id = stripe_tax_rate.example.id
}
