resource "stripe_external_account" "example" {
  account          = stripe_account.example.id
  external_account = "btok_us_verified"
}
