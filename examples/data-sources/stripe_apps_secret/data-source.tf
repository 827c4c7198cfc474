data "stripe_apps_secret" "example" {
  id = stripe_apps_secret.example.id
}
