resource "stripe_product_feature" "example" {
  product             = stripe_product.example.id
  entitlement_feature = stripe_entitlements_feature.example.id
}
