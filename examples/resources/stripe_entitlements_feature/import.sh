# by its id
terraform import stripe_entitlements_feature.example feat_123
# by what names it alone
terraform import stripe_entitlements_feature.example "lookup_key=exports"
