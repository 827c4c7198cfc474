resource "stripe_test_helpers_test_clock" "example" {
  frozen_time = 1924992000
}
