terraform import stripe_tax_id.example cus_123/txi_123
