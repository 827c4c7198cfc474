resource "stripe_payment_intent" "order" {
  amount   = 2000
  currency = "usd"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.stripe_confirm_payment_intent.example]
    }
  }
}

action "stripe_confirm_payment_intent" "example" {
  config {
    payment_intent = stripe_payment_intent.order.id
    payment_method = "pm_card_visa"
    return_url     = "https://example.com/thanks"
  }
}
