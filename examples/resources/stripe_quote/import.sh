terraform import stripe_quote.example qt_123
