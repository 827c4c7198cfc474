data "stripe_reviews" "example" {
}
