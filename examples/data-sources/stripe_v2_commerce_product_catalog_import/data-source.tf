data "stripe_v2_commerce_product_catalog_import" "example" {
  id = "id_123"
}
