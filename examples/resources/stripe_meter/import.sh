terraform import stripe_meter.example mtr_123
