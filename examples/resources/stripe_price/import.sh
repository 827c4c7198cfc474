terraform import stripe_price.example price_123
