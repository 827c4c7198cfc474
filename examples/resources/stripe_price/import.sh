# by its id
terraform import stripe_price.example price_123
# by what names it alone
terraform import stripe_price.example "lookup_key=gold_monthly"
