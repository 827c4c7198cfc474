terraform {
  required_providers {
    stripe = { source = "connectors/stripe" }
  }
}

provider "stripe" {
  sandbox = "shop.db" # remove this line and set STRIPE_API_KEY to reach Stripe
}

resource "stripe_product" "gold" {
  name = "Gold"
}

resource "stripe_price" "monthly" {
  product     = stripe_product.gold.id
  currency    = "usd"
  unit_amount = 1500

  recurring {
    interval = "month"
  }
}
