terraform import stripe_invoice.example in_123
