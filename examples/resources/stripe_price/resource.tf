resource "stripe_price" "example" {
  product     = stripe_product.example.id
  currency    = "usd"
  unit_amount = 1500
  lookup_key  = "gold_monthly"

  recurring { interval = "month" }

  currency_options {
    key         = "eur"
    unit_amount = 1400
  }
}

resource "stripe_price" "metered" {
  product        = stripe_product.example.id
  currency       = "usd"
  billing_scheme = "tiered"
  tiers_mode     = "graduated"

  recurring {
    interval   = "month"
    usage_type = "metered"
    meter      = stripe_billing_meter.example.id
  }

  tiers {
    up_to       = 1000
    unit_amount = 0
  }
  tiers {
    up_to               = "inf"
    unit_amount_decimal = "0.5"
  }
}
