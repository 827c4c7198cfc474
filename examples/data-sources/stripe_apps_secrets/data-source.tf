data "stripe_apps_secrets" "example" {
  scope = { type = "account" }
}
