resource "stripe_billing_credit_grant" "example" {
  amount = {
    type = "monetary"
    monetary = {
      currency = "usd"
      value    = 1000
    }
  }
  applicability_config = {
    scope = {
      price_type = "metered"
    }
  }
  customer = stripe_customer.example.id
  category = "paid"
}
