resource "stripe_entity" "product" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Product"
  input_payload     = { Name = "Espresso machine" }
}

resource "stripe_entity" "price" {
  connection_handle = stripe_connection.shop.handle
  entity            = "Price"
  input_payload = {
    Product    = stripe_entity.product.id
    Currency   = "usd"
    UnitAmount = 129900
    Recurring  = { interval = "month" }
  }
}
