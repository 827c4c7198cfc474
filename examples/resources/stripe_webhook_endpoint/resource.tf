resource "stripe_webhook_endpoint" "example" {
  url            = "https://example.com/stripe"
  description    = "Orders"
  enabled_events = ["checkout.session.completed", "invoice.paid", "invoice.payment_failed"]
}

output "webhook_secret" {
  value     = stripe_webhook_endpoint.example.secret
  sensitive = true
}
