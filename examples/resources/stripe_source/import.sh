terraform import stripe_source.example src_123
