# by its id
terraform import stripe_customer.example cus_123
# by what names it alone
terraform import stripe_customer.example "email=ada@example.com"
