resource "stripe_billing_portal_configuration" "example" {
  business_profile = { headline = "Manage your plan" }

  features = {
    customer_update       = { enabled = true, allowed_updates = ["email", "address"] }
    invoice_history       = { enabled = true }
    payment_method_update = { enabled = true }
    subscription_cancel   = { enabled = true, mode = "at_period_end" }
  }
}
