data "stripe_refund" "example" {
  id = "re_123"
}
