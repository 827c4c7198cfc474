resource "stripe_shipping_rate" "example" {
  display_name = "Standard"
  type         = "fixed_amount"

  fixed_amount {
    amount   = 500
    currency = "usd"
  }

  delivery_estimate {
    minimum {
      unit  = "business_day"
      value = 2
    }
    maximum {
      unit  = "business_day"
      value = 5
    }
  }
}
