resource "stripe_subscription" "team" {
  customer          = stripe_customer.example.id
  collection_method = "send_invoice"
  days_until_due    = 30
  items             = [{ price = stripe_price.example.id, quantity = 5 }]

  # The items are those of `stripe_subscription_item` too.
  lifecycle {
    ignore_changes = [items]
  }
}

resource "stripe_subscription_item" "example" {
  subscription = stripe_subscription.team.id
  price        = stripe_price.metered.id
}
