resource "stripe_invoice" "monthly" {
  customer = stripe_customer.example.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.stripe_finalize_invoice.example]
    }
  }
}

action "stripe_finalize_invoice" "example" {
  config {
    invoice      = stripe_invoice.monthly.id
    auto_advance = false
  }
}
