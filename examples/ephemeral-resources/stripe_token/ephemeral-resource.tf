ephemeral "stripe_token" "example" {
  bank_account = {
    country             = "US"
    currency            = "usd"
    account_holder_type = "individual"
    account_holder_name = "Ada Lovelace"
    routing_number      = "110000000"
    account_number      = "000123456789"
  }
}
