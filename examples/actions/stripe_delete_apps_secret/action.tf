action "stripe_delete_apps_secret" "example" {
  config {
    name  = "api_token"
    scope = { type = "account" }
  }
}
