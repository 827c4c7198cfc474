data "stripe_charge" "example" {
  id = stripe_charge.example.id
}
