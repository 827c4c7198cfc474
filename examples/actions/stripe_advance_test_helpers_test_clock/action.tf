action "stripe_advance_test_helpers_test_clock" "example" {
  config {
    test_helpers_test_clock = stripe_test_helpers_test_clock.example.id
    frozen_time             = 1924992000
  }
}
