data "stripe_apps_install" "example" {
  id = stripe_apps_install.example.id
}
