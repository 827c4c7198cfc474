data "stripe_source_transaction" "example" {
  source = "source_123"
  id     = "srctxn_123"
}
