# a tax id of a customer
terraform import stripe_tax_id.example cus_123/txi_123
# a tax id of the account
terraform import stripe_tax_id.example txi_123
