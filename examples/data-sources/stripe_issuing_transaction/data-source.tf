data "stripe_issuing_transaction" "example" {
  id = "ipi_123"
}
