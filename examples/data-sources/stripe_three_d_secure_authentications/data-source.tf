data "stripe_three_d_secure_authentications" "example" {
}
