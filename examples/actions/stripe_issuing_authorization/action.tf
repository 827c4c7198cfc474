action "stripe_issuing_authorization" "example" {
  config {
    card   = "ic_123"
    amount = 1000
  }
}
