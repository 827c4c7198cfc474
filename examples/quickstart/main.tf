terraform {
  required_providers {
    stripe = { source = "connectors/stripe" }
  }
}

provider "stripe" {}

resource "stripe_connection" "shop" {
  name        = "web-shop"
  location    = "us-central1"
  description = "Payments of the web shop"

  node_config {
    min_node_count = 2
    max_node_count = 4
  }
}

resource "stripe_entity" "product" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Product"
  input_payload = {
    Name        = "Espresso machine"
    Description = "Two groups, one lever"
    Metadata    = { team = "shop" }
  }
}

resource "stripe_entity" "price" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Price"
  input_payload = {
    Product    = stripe_entity.product.id
    Currency   = "usd"
    UnitAmount = 129900
  }
}

resource "stripe_entity" "customer" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Customer"
  input_payload = {
    Name        = "John Example"
    Email       = "john@example.com"
    AddressCity = "Zürich"
  }
}

resource "stripe_entity" "payment" {
  connection_handle = stripe_connection.shop.handle
  entity            = "PaymentIntent"
  input_payload = {
    Amount        = 129900
    Currency      = "usd"
    Customer      = stripe_entity.customer.id
    PaymentMethod = "pm_card_visa"
  }
}

resource "stripe_action" "confirm" {
  connection_handle = stripe_connection.shop.handle
  action            = "ConfirmPaymentIntent"
  input_payload = {
    PaymentIntentId = stripe_entity.payment.id
    ReturnUrl       = "https://shop.example/thanks"
  }
}

data "stripe_entities" "johns" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Customer"
  filter            = "Name LIKE 'John%' AND Created >= '2024-01-01'"
  depends_on        = [stripe_entity.customer]
}

output "connection" {
  value = stripe_connection.shop.status.state
}

output "price" {
  value = stripe_entity.price.id
}

output "payment_status" {
  value = stripe_action.confirm.result["status"]
}

output "johns" {
  value = [for customer in data.stripe_entities.johns.records : customer["email"]]
}
