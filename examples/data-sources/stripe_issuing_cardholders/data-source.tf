data "stripe_issuing_cardholders" "example" {
}
