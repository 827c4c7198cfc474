resource "stripe_apps_install" "example" {
  app = "example"
}
