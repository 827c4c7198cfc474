resource "stripe_product_catalog_trial_offer" "example" {
  price        = stripe_price.example.id
  duration     = { type = "relative", relative = { iterations = 1 } }
  end_behavior = { transition = { price = stripe_price.example.id } }
}
