terraform import stripe_charge.example ch_123
