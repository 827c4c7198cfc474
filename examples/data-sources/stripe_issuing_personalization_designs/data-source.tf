data "stripe_issuing_personalization_designs" "example" {
}
