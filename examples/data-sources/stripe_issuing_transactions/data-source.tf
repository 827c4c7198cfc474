data "stripe_issuing_transactions" "example" {
}
