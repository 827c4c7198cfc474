terraform {
  required_providers {
    stripe = {
      source = "connectors/stripe"
    }
  }
}

# The key comes from STRIPE_API_KEY. `sandbox = "stripe.db"` would keep every
# call on this machine, with no account and no key.
provider "stripe" {
  expected_livemode = false
}
