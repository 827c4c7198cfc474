terraform import stripe_connection.shop locations/us-central1/connections/web-shop
