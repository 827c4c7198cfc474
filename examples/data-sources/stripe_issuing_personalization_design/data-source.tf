data "stripe_issuing_personalization_design" "example" {
  id = stripe_issuing_personalization_design.example.id
}
