data "stripe_forwarding_request" "example" {
  id = "fwdreq_123"
}
