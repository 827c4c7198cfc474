data "stripe_setup_intent" "example" {
  id = stripe_setup_intent.example.id
}
