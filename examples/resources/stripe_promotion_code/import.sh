# by its id
terraform import stripe_promotion_code.example promo_123
# by what names it alone
terraform import stripe_promotion_code.example "code=SPRING"
