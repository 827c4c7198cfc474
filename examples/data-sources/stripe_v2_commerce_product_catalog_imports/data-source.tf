data "stripe_v2_commerce_product_catalog_imports" "example" {
}
