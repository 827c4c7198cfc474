# Every type of the official provider, in its constructs: blocks where it has blocks, `=` elsewhere.
# The second edition changes each that can be changed in place.

variable "edition" {
  type    = string
  default = "first"
}

variable "account" {
  type = string
}

variable "open_invoice" {
  type = string
}

variable "transaction" {
  type = string
}

locals {
  metadata = { edition = var.edition, kept = "yes" }
}

resource "stripe_apple_pay_domain" "shop" {
  domain_name = "shop.example.com"
}

resource "stripe_billing_meter" "calls" {
  display_name = "Calls, ${var.edition} edition"
  event_name   = "calls"

  customer_mapping {
    event_payload_key = "customer"
    type              = "by_id"
  }
  default_aggregation {
    formula = "sum"
  }
  value_settings {
    event_payload_key = "value"
  }
}

resource "stripe_billing_alert" "calls" {
  alert_type = "usage_threshold"
  title      = "Many calls"
  usage_threshold = {
    gte        = 1000
    meter      = stripe_billing_meter.calls.id
    recurrence = "one_time"
    filters    = [{ type = "customer", customer = stripe_customer.ada.id }]
  }
}

resource "stripe_billing_credit_grant" "welcome" {
  customer = stripe_customer.ada.id
  name     = "Welcome"
  category = "promotional"
  amount = {
    type     = "monetary"
    monetary = { currency = "usd", value = 1000 }
  }
  applicability_config = { scope = { price_type = "metered" } }
  metadata             = local.metadata
}

resource "stripe_billing_portal_configuration" "portal" {
  business_profile = {
    headline           = "The ${var.edition} portal"
    privacy_policy_url = "https://example.com/privacy"
  }
  default_return_url = "https://example.com/account"
  features = {
    customer_update       = { enabled = true, allowed_updates = ["email", "address"] }
    invoice_history       = { enabled = true }
    payment_method_update = { enabled = var.edition == "second" }
    subscription_cancel = {
      enabled             = true
      mode                = "at_period_end"
      cancellation_reason = { enabled = true, options = ["too_expensive", "other"] }
    }
    subscription_update = {
      enabled                 = true
      default_allowed_updates = ["price", "quantity"]
      proration_behavior      = "none"
      products                = [{ product = stripe_product.gold.id, prices = [stripe_price.monthly.id] }]
    }
  }
  login_page = { enabled = true }
  metadata   = local.metadata
}

resource "stripe_charge" "one" {
  amount      = 2000
  currency    = "usd"
  source      = "tok_visa"
  description = "The ${var.edition} charge"
  metadata    = local.metadata
}

resource "stripe_climate_order" "ton" {
  product     = "climsku_frontier_offtake_portfolio_2030"
  metric_tons = 0.5
  beneficiary = { public_name = "Ada, ${var.edition}" }
}

resource "stripe_coupon" "spring" {
  name               = "Spring ${var.edition}"
  amount_off         = 500
  currency           = "usd"
  duration           = "repeating"
  duration_in_months = 3
  metadata           = local.metadata

  applies_to {
    products = [stripe_product.gold.id]
  }
  currency_options {
    key        = "eur"
    amount_off = 450
  }
}

resource "stripe_credit_note" "late" {
  invoice  = var.open_invoice
  amount   = 100
  memo     = "Late, ${var.edition}"
  metadata = local.metadata
}

resource "stripe_customer" "ada" {
  name        = "Ada Lovelace"
  email       = "ada@example.com"
  description = "The ${var.edition} customer"
  metadata    = local.metadata

  address {
    line1       = "1 Road"
    city        = var.edition == "second" ? "Oxford" : "London"
    country     = "GB"
    postal_code = "N1 9GU"
  }
  shipping {
    name = "Ada"
    address {
      line1   = "2 Road"
      country = "GB"
    }
  }
  invoice_settings {
    footer = "Thank you"
    rendering_options {
      amount_tax_display = "exclude_tax"
    }
  }
}

resource "stripe_customer_balance_transaction" "gift" {
  customer    = stripe_customer.ada.id
  amount      = -500
  currency    = "usd"
  description = "A ${var.edition} gift"
}

resource "stripe_entitlements_feature" "export" {
  name       = "Export, ${var.edition}"
  lookup_key = "export"
  metadata   = local.metadata
}

resource "stripe_file" "note" {
  file    = "aGVsbG8="
  purpose = "dispute_evidence"
}

resource "stripe_file_link" "note" {
  file     = stripe_file.note.id
  metadata = local.metadata
}

resource "stripe_invoice" "draft" {
  customer          = stripe_customer.ada.id
  collection_method = "send_invoice"
  days_until_due    = 30
  description       = "The ${var.edition} invoice"
  auto_advance      = false
  custom_fields     = [{ name = "Order", value = var.edition }]
  metadata          = local.metadata
}

resource "stripe_invoice_item" "hours" {
  customer    = stripe_customer.ada.id
  invoice     = stripe_invoice.draft.id
  amount      = 700
  currency    = "usd"
  description = "Hours, ${var.edition}"
  metadata    = local.metadata
}

resource "stripe_issuing_cardholder" "ada" {
  name         = "Ada Lovelace"
  type         = "individual"
  email        = "ada@example.com"
  phone_number = var.edition == "second" ? "+14155550101" : "+14155550100"
  billing = {
    address = { line1 = "1 Road", city = "San Francisco", state = "CA", postal_code = "94110", country = "US" }
  }
  metadata = local.metadata
}

resource "stripe_issuing_card" "ada" {
  cardholder = stripe_issuing_cardholder.ada.id
  currency   = "usd"
  type       = "virtual"
  status     = "active"
  spending_controls = {
    spending_limits = [{ amount = var.edition == "second" ? 20000 : 10000, interval = "monthly" }]
  }
  metadata = local.metadata
}

resource "stripe_issuing_dispute" "fraud" {
  transaction = var.transaction
  evidence = {
    reason     = "fraudulent"
    fraudulent = { explanation = "Not mine, ${var.edition}" }
  }
  metadata = local.metadata
}

resource "stripe_issuing_personalization_design" "plain" {
  physical_bundle = "ics_sandboxstandard"
  name            = "Plain, ${var.edition}"
  metadata        = local.metadata
}

resource "stripe_payment_intent" "order" {
  amount      = 1000
  currency    = "usd"
  customer    = stripe_customer.ada.id
  description = "The ${var.edition} order"
  automatic_payment_methods = {
    enabled         = true
    allow_redirects = "never"
  }
  metadata = local.metadata
}

resource "stripe_payment_link" "buy" {
  line_items       = [{ price = stripe_price.once.id, quantity = 1 }]
  after_completion = { type = "redirect", redirect = { url = "https://example.com/${var.edition}" } }
  shipping_address_collection = {
    allowed_countries = ["GB", "US"]
  }
  metadata = local.metadata
}

resource "stripe_payment_method" "card" {
  type            = "card"
  card            = { token = "tok_visa" }
  billing_details = { name = "Ada", email = "ada@example.com" }
}

resource "stripe_payment_method_configuration" "shop" {
  name = "Shop, ${var.edition}"
  card = {
    display_preference = { preference = "on" }
  }
  link = {
    display_preference = { preference = var.edition == "second" ? "off" : "on" }
  }
}

resource "stripe_payment_method_domain" "shop" {
  domain_name = "pay.example.com"
  enabled     = var.edition == "second"
}

resource "stripe_person" "ada" {
  account    = var.account
  first_name = "Ada"
  last_name  = "Lovelace"
  email      = "${var.edition}@example.com"
  dob        = { day = 10, month = 12, year = 1985 }
  relationship = {
    title          = "Director, ${var.edition}"
    representative = true
  }
  metadata = local.metadata
}

resource "stripe_plan" "old" {
  product  = stripe_product.gold.id
  amount   = 900
  currency = "usd"
  interval = "month"
  nickname = "The ${var.edition} plan"
  metadata = local.metadata
}

resource "stripe_product" "gold" {
  name        = "Gold, ${var.edition} edition"
  description = "The gold plan"
  shippable   = false
  metadata    = local.metadata

  marketing_features {
    name = "Unlimited projects"
  }
  package_dimensions {
    height = 10
    length = 20
    width  = 30
    weight = var.edition == "second" ? 50 : 40
  }
}

resource "stripe_price" "monthly" {
  product     = stripe_product.gold.id
  currency    = "usd"
  unit_amount = 1500
  nickname    = "Monthly, ${var.edition}"
  lookup_key  = "gold_monthly"
  metadata    = local.metadata

  recurring {
    interval       = "month"
    interval_count = 1
  }
  currency_options {
    key         = "eur"
    unit_amount = 1400
  }
}

resource "stripe_price" "tiered" {
  product        = stripe_product.gold.id
  currency       = "usd"
  billing_scheme = "tiered"
  tiers_mode     = "volume"
  nickname       = "Seats, ${var.edition}"

  recurring {
    interval = "month"
  }
  tiers {
    up_to       = 10
    unit_amount = 100
  }
  tiers {
    up_to       = "inf"
    unit_amount = 90
    flat_amount = 50
  }
}

resource "stripe_price" "once" {
  product     = stripe_product.gold.id
  currency    = "usd"
  unit_amount = 4900
  nickname    = "Once, ${var.edition}"
}

resource "stripe_product_feature" "export" {
  product             = stripe_product.gold.id
  entitlement_feature = stripe_entitlements_feature.export.id
}

resource "stripe_promotion_code" "spring" {
  code            = "SPRING"
  max_redemptions = 100
  active          = true
  metadata        = local.metadata

  promotion {
    type   = "coupon"
    coupon = stripe_coupon.spring.id
  }
  restrictions {
    first_time_transaction  = true
    minimum_amount          = 2000
    minimum_amount_currency = "usd"
  }
}

resource "stripe_quote" "seats" {
  customer    = stripe_customer.ada.id
  line_items  = [{ price = stripe_price.monthly.id, quantity = 2 }]
  description = "The ${var.edition} quote"
  header      = "Seats"
  metadata    = local.metadata
}

resource "stripe_radar_value_list" "blocked" {
  alias     = "blocked_shoppers"
  name      = "Blocked, ${var.edition}"
  item_type = "email"
  metadata  = local.metadata
}

resource "stripe_radar_value_list_item" "mallory" {
  value_list = stripe_radar_value_list.blocked.id
  value      = "mallory@example.com"
}

resource "stripe_setup_intent" "card" {
  customer    = stripe_customer.ada.id
  description = "The ${var.edition} setup"
  usage       = "off_session"
  metadata    = local.metadata
}

resource "stripe_shipping_rate" "ground" {
  display_name = "Ground"
  type         = "fixed_amount"
  tax_behavior = "exclusive"
  metadata     = local.metadata

  fixed_amount {
    amount   = 500
    currency = "usd"
    currency_options {
      key    = "eur"
      amount = 450
    }
  }
  delivery_estimate {
    minimum {
      unit  = "business_day"
      value = 3
    }
    maximum {
      unit  = "business_day"
      value = 5
    }
  }
}

resource "stripe_source" "ach" {
  type     = "ach_credit_transfer"
  currency = "usd"
  owner    = { email = "ada@example.com" }
  metadata = local.metadata
}

resource "stripe_subscription" "gold" {
  customer          = stripe_customer.ada.id
  items             = [{ price = stripe_price.monthly.id, quantity = var.edition == "second" ? 3 : 2 }]
  collection_method = "send_invoice"
  days_until_due    = 30
  description       = "The ${var.edition} subscription"
  metadata          = local.metadata
}

# Its other items are resources of their own.
resource "stripe_subscription" "seats" {
  customer          = stripe_customer.ada.id
  items             = [{ price = stripe_price.monthly.id }]
  collection_method = "send_invoice"
  days_until_due    = 30

  lifecycle {
    ignore_changes = [items]
  }
}

resource "stripe_subscription_item" "seats" {
  subscription = stripe_subscription.seats.id
  price        = stripe_price.tiered.id
  quantity     = var.edition == "second" ? 12 : 5
  metadata     = local.metadata
}

resource "stripe_subscription_schedule" "later" {
  customer     = stripe_customer.ada.id
  start_date   = 1924992000
  end_behavior = var.edition == "second" ? "cancel" : "release"
  default_settings = {
    collection_method = "send_invoice"
    invoice_settings  = { days_until_due = 30 }
  }
  phases = [{
    items    = [{ price = stripe_price.monthly.id, quantity = 1 }]
    duration = { interval = "year", interval_count = 1 }
  }]
  metadata = local.metadata
}

resource "stripe_tax_id" "ada" {
  customer = stripe_customer.ada.id
  type     = "eu_vat"
  value    = "DE123456789"
}

resource "stripe_tax_rate" "vat" {
  display_name = "VAT"
  description  = "The ${var.edition} rate"
  inclusive    = false
  percentage   = 19
  country      = "DE"
  jurisdiction = "DE"
  metadata     = local.metadata
}

resource "stripe_tax_registration" "ireland" {
  country         = "IE"
  active_from     = 1924992000
  country_options = { ie = { type = "oss_union" } }
  expires_at      = var.edition == "second" ? 1956528000 : null
}

resource "stripe_terminal_configuration" "shop" {
  name    = "Shop, ${var.edition}"
  offline = { enabled = true }
  tipping = {
    usd = { fixed_amounts = [100, 200], smart_tip_threshold = 1000 }
  }
}

resource "stripe_terminal_location" "shop" {
  display_name = "Shop, ${var.edition}"
  address      = { line1 = "1 Road", city = "San Francisco", state = "CA", postal_code = "94110", country = "US" }
  metadata     = local.metadata
}

resource "stripe_terminal_reader" "till" {
  registration_code = "simulated-wpe"
  location          = stripe_terminal_location.shop.id
  label             = "Till, ${var.edition}"
  metadata          = local.metadata
}

resource "stripe_treasury_financial_account" "main" {
  supported_currencies = ["usd"]
  features             = { card_issuing = { requested = true } }
  metadata             = local.metadata
}

resource "stripe_v2_core_event_destination" "events" {
  name           = "Events, ${var.edition}"
  type           = "webhook_endpoint"
  event_payload  = "thin"
  enabled_events = ["v1.billing.meter.error_report_triggered"]
  metadata       = local.metadata

  webhook_endpoint {
    url = "https://example.com/events"
  }
}

resource "stripe_webhook_endpoint" "orders" {
  url            = "https://example.com/orders"
  enabled_events = var.edition == "second" ? ["charge.failed", "charge.succeeded"] : ["charge.succeeded", "charge.failed"]
  description    = "The ${var.edition} endpoint"
  metadata       = local.metadata
}
