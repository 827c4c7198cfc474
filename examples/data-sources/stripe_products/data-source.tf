data "stripe_products" "example" {
  active  = true
  sort_by = "name"
  limit   = 10
}
