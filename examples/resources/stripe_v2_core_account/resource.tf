resource "stripe_v2_core_account" "example" {
  contact_email = "ada@example.com"
  display_name  = "Ada"
  configuration = {
    customer = {
    }
  }
  identity = {
    country = "us"
  }
}
