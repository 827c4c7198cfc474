terraform import stripe_file.example file_123
