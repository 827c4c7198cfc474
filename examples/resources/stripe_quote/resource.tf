resource "stripe_quote" "example" {
  customer = stripe_customer.example.id
  line_items = [{
    price    = stripe_price.example.id
    quantity = 2
  }]
}
