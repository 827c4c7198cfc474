resource "stripe_entity" "payment" {
  entity = "PaymentIntent"
  input_payload = {
    Amount        = 1500
    Currency      = "usd"
    PaymentMethod = "pm_card_visa"
  }
}

resource "stripe_action" "confirm" {
  action = "ConfirmPaymentIntent"
  input_payload = {
    PaymentIntentId = stripe_entity.payment.id
    ReturnUrl       = "https://example.com/thanks"
  }
}

output "status" {
  value = stripe_action.confirm.result["status"]
}
