data "stripe_forwarding_requests" "example" {
}
