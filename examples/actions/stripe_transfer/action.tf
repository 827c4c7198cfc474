action "stripe_transfer" "example" {
  config {
    destination    = stripe_account.example.id
    currency       = "usd"
    amount         = 1000
    transfer_group = "order_42"
  }
}
