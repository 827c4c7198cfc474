data "stripe_test_helpers_test_clock" "example" {
  id = stripe_test_helpers_test_clock.example.id
}
