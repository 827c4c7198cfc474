# by its id
terraform import stripe_webhook_endpoint.example we_123
# by what names it alone
terraform import stripe_webhook_endpoint.example "url=https://example.com/stripe"
