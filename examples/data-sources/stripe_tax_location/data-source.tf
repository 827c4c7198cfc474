data "stripe_tax_location" "example" {
  id = stripe_tax_location.example.id
}
