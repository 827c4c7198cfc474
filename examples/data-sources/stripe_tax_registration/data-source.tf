data "stripe_tax_registration" "example" {
  id = stripe_tax_registration.example.id
}
