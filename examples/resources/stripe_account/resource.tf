resource "stripe_account" "example" {
  type = "custom"
}
