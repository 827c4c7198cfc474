data "stripe_issuing_authorizations" "example" {
}
