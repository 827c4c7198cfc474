data "stripe_test_helpers_test_clocks" "example" {
}
