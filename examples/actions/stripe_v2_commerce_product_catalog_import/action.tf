action "stripe_v2_commerce_product_catalog_import" "example" {
  config {
    feed_type = "product"
    mode      = "upsert"
    metadata  = { season = "spring" }
  }
}
