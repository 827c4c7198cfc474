data "stripe_webhook_endpoints" "example" {
}
