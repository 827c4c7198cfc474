resource "stripe_source" "example" {
  type     = "ach_credit_transfer"
  currency = "usd"
  owner = {
    email = "ada@example.com"
  }
}
