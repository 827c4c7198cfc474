data "stripe_plan" "example" {
  id = stripe_plan.example.id
}
