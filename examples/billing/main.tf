# A subscription business in one file: what is sold, at what price, to whom, and who hears of it.
# Nothing here needs a Stripe account: calls go to the embedded sandbox.

terraform {
  required_providers {
    stripe = {
      source = "connectors/stripe"
    }
  }
}

provider "stripe" {
  sandbox = "billing.db"
}

locals {
  features = {
    export = "Export to CSV"
    api    = "API access"
  }
}

resource "stripe_entity" "plan" {
  entity        = "Product"
  input_payload = { Name = "Roastery Pro", TaxCode = "txcd_10103001", UnitLabel = "seat" }
}

resource "stripe_entity" "feature" {
  for_each      = local.features
  entity        = "EntitlementsFeature"
  input_payload = { LookupKey = each.key, Name = each.value }
}

resource "stripe_entity" "plan_feature" {
  for_each = local.features
  entity   = "ProductFeature"
  input_payload = {
    ProductId          = stripe_entity.plan.id
    EntitlementFeature = stripe_entity.feature[each.key].id
  }
}

resource "stripe_entity" "monthly" {
  entity = "Price"
  input_payload = {
    Product       = stripe_entity.plan.id
    Currency      = "usd"
    Recurring     = { interval = "month" }
    BillingScheme = "tiered"
    TiersMode     = "graduated"
    LookupKey     = "pro-monthly"
    Tiers         = [{ up_to = 5, unit_amount = 1200 }, { up_to = "inf", unit_amount = 900 }]
  }
}

resource "stripe_entity" "welcome" {
  entity        = "Coupon"
  input_payload = { Name = "Welcome", PercentOff = 20, Duration = "repeating", DurationInMonths = 3 }
}

resource "stripe_entity" "code" {
  entity        = "PromotionCode"
  input_payload = { Code = "WELCOME20", Promotion = { type = "coupon", coupon = stripe_entity.welcome.id } }
}

resource "stripe_entity" "vat" {
  entity        = "TaxRate"
  input_payload = { DisplayName = "VAT", Percentage = 8.1, Inclusive = false, Country = "CH" }
}

resource "stripe_entity" "requests" {
  entity = "BillingMeter"
  input_payload = {
    DisplayName        = "API requests"
    EventName          = "api_requests"
    DefaultAggregation = { formula = "sum" }
  }
}

resource "stripe_entity" "portal" {
  entity = "BillingPortalConfiguration"
  input_payload = {
    BusinessProfile = { headline = "Roastery" }
    Features        = { invoice_history = { enabled = true }, payment_method_update = { enabled = true } }
  }
}

resource "stripe_entity" "hook" {
  entity = "WebhookEndpoint"
  input_payload = {
    Url           = "https://roastery.example/stripe"
    EnabledEvents = ["invoice.paid", "customer.subscription.deleted"]
  }
}

resource "stripe_entity" "customer" {
  entity = "Customer"
  input_payload = {
    Name            = "Ada Lovelace"
    Email           = "ada@example.com"
    PaymentMethod   = "pm_card_visa"
    InvoiceSettings = { default_payment_method = "pm_card_visa" }
    Metadata        = { segment = "pro" }
  }
}

resource "stripe_entity" "customer_vat" {
  entity        = "CustomerTaxId"
  input_payload = { CustomerId = stripe_entity.customer.id, Type = "eu_vat", Value = "DE123456789" }
}

resource "stripe_entity" "subscription" {
  entity = "Subscription"
  input_payload = {
    Customer  = stripe_entity.customer.id
    Items     = [{ price = stripe_entity.monthly.id, quantity = 7 }]
    Discounts = [{ promotion_code = stripe_entity.code.id }]
  }
}

data "stripe_entities" "invoices" {
  entity = "Invoice"
  filter = "Customer = '${stripe_entity.customer.id}' AND Status = 'paid'"
  # The invoice is there when the subscription is.
  depends_on = [stripe_entity.subscription]
}

output "subscription" {
  value = stripe_entity.subscription.record["status"]
}

output "first_invoice" {
  value = data.stripe_entities.invoices.records[0]["amount_paid"]
}

output "webhook_secret" {
  value     = jsondecode(stripe_entity.hook.output_payload).secret
  sensitive = true
}
