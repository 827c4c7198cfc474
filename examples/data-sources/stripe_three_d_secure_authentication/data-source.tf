data "stripe_three_d_secure_authentication" "example" {
  id = "id_123"
}
