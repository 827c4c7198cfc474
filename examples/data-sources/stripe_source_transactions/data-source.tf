data "stripe_source_transactions" "example" {
  source = "source_123"
}
