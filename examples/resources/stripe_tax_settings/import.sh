terraform import stripe_tax_settings.example tax.settings
