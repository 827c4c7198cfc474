# A web shop: products and prices, coupons, taxes, shipping, a payment link, the customer portal.
# On the sandbox: `terraform init && terraform apply`.

terraform {
  required_providers {
    stripe = {
      source = "connectors/stripe"
    }
  }
}

provider "stripe" {
  sandbox = "storefront.db"
}

resource "stripe_product" "gold" {
  name        = "Gold"
  description = "The gold plan"
  metadata    = { team = "web" }

  marketing_features { name = "Unlimited projects" }
  marketing_features { name = "Support within a day" }
}

resource "stripe_price" "monthly" {
  product     = stripe_product.gold.id
  currency    = "usd"
  lookup_key  = "gold_monthly"
  unit_amount = 1500

  recurring { interval = "month" }

  currency_options {
    key         = "eur"
    unit_amount = 1400
  }
}

resource "stripe_price" "seats" {
  product        = stripe_product.gold.id
  currency       = "usd"
  billing_scheme = "tiered"
  tiers_mode     = "graduated"

  recurring { interval = "month" }

  tiers {
    up_to       = 10
    unit_amount = 100
  }
  tiers {
    up_to               = "inf"
    unit_amount_decimal = "90.50"
  }
}

resource "stripe_coupon" "spring" {
  name               = "Spring"
  percent_off        = 25
  duration           = "repeating"
  duration_in_months = 3
}

resource "stripe_promotion_code" "spring" {
  code = "SPRING"

  promotion {
    type   = "coupon"
    coupon = stripe_coupon.spring.id
  }
}

resource "stripe_tax_rate" "vat" {
  display_name = "VAT"
  percentage   = 20
  inclusive    = false
}

resource "stripe_shipping_rate" "standard" {
  display_name = "Standard"
  type         = "fixed_amount"

  fixed_amount {
    amount   = 500
    currency = "usd"
  }
}

resource "stripe_webhook_endpoint" "orders" {
  url            = "https://example.com/stripe"
  enabled_events = ["charge.succeeded", "customer.created"]
}

resource "stripe_billing_portal_configuration" "portal" {
  business_profile = { headline = "Manage your plan" }

  features = {
    invoice_history = { enabled = true }
    customer_update = { enabled = true, allowed_updates = ["email", "address"] }
  }
}

resource "stripe_payment_link" "buy" {
  line_items       = [{ price = stripe_price.monthly.id, quantity = 1 }]
  after_completion = { type = "redirect", redirect = { url = "https://example.com/thanks" } }
}

resource "stripe_billing_meter" "calls" {
  display_name = "Calls"
  event_name   = "calls"

  default_aggregation { formula = "sum" }
}

resource "stripe_entitlements_feature" "support" {
  name       = "Priority support"
  lookup_key = "priority_support"
}

resource "stripe_product_feature" "support" {
  product             = stripe_product.gold.id
  entitlement_feature = stripe_entitlements_feature.support.id
}

resource "stripe_customer" "ada" {
  name  = "Ada"
  email = "ada@example.com"

  address {
    city    = "London"
    country = "GB"
  }
}

resource "stripe_subscription" "ada" {
  customer          = stripe_customer.ada.id
  collection_method = "send_invoice"
  days_until_due    = 30
  items             = [{ price = stripe_price.monthly.id, quantity = 5 }]
}

data "stripe_price" "monthly" {
  lookup_key = stripe_price.monthly.lookup_key
}

data "stripe_prices" "gold" {
  product    = stripe_product.gold.id
  depends_on = [stripe_price.monthly, stripe_price.seats]
}

output "interval" {
  value = data.stripe_price.monthly.recurring[0].interval
}

output "prices" {
  value = length(data.stripe_prices.gold.prices)
}

output "updates" {
  value = stripe_billing_portal_configuration.portal.output.features.customer_update.allowed_updates
}
