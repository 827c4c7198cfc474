action "stripe_uninstall_apps_install" "example" {
  config {
    apps_install = stripe_apps_install.example.id
  }
}
