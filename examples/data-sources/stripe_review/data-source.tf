data "stripe_review" "example" {
  id = "prv_123"
}
