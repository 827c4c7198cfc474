data "stripe_webhook_endpoint" "example" {
  url = stripe_webhook_endpoint.example.url
}
