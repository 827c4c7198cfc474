data "stripe_plans" "example" {
}
