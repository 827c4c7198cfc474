data "stripe_country_spec" "example" {
  id = "id_123"
}
