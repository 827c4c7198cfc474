terraform {
  required_providers {
    stripe = { source = "connectors/stripe" }
  }
}

provider "stripe" {
  sandbox = "shop.db"
}

resource "stripe_connection" "shop" {
  name     = "web-shop"
  location = "us-central1"
}

resource "stripe_entity" "machine" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Product"
  input_payload = {
    Name     = "Espresso machine"
    Metadata = { team = "shop" }
  }
}

resource "stripe_entity" "customer" {
  entity        = "Customer"
  input_payload = jsonencode({ name = "Ada", address = { city = "Bern" } })
}

resource "stripe_entity" "payment" {
  entity = "PaymentIntent"
  input_payload = {
    Amount        = 1500
    Currency      = "usd"
    PaymentMethod = "pm_card_visa"
    Customer      = stripe_entity.customer.id
  }
}

resource "stripe_action" "confirm" {
  action = "ConfirmPaymentIntent"
  input_payload = {
    PaymentIntentId = stripe_entity.payment.id
    ReturnUrl       = "https://shop.example/thanks"
  }
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

resource "stripe_webhook_endpoint" "shop" {
  url            = "https://shop.example/webhooks"
  enabled_events = ["invoice.paid"]
}
