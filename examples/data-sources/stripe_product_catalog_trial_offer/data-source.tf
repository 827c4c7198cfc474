data "stripe_product_catalog_trial_offer" "example" {
  id = stripe_product_catalog_trial_offer.example.id
}
