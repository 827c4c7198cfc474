action "stripe_create_tax_transaction_reversal" "example" {
  config {
    mode                 = "full"
    original_transaction = "tax_123"
    reference            = "order_42_refund"
  }
}
