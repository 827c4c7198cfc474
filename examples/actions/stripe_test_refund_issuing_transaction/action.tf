action "stripe_test_refund_issuing_transaction" "example" {
  config {
    issuing_transaction = "ipi_123"
  }
}
