resource "stripe_apps_secret" "example" {
  name    = "example"
  payload = "example"
  scope = {
    type = "account"
  }
}
