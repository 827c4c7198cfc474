terraform import stripe_card.example cus_123/card_123
