resource "stripe_action" "confirm" {
  connection_handle = stripe_connection.shop.handle
  action            = "ConfirmPaymentIntent"
  input_payload = {
    PaymentIntentId = stripe_entity.payment.id
    ReturnUrl       = "https://shop.example/thanks"
  }
}

output "status" {
  value = stripe_action.confirm.result["status"]
}
