data "stripe_product_catalog_trial_offers" "example" {
}
