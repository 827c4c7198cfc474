resource "stripe_plan" "example" {
  currency = "usd"
  interval = "month"
  amount   = 500
  product  = stripe_product.example.id
}
