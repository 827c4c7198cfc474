resource "stripe_entity" "product" {
  entity        = "Product"
  input_payload = { Name = "Espresso machine" }
}

resource "stripe_entity" "price" {
  entity = "Price"
  input_payload = {
    Product    = stripe_entity.product.id
    Currency   = "usd"
    UnitAmount = 129900
    Recurring  = { interval = "month" }
  }
}
