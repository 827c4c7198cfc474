data "stripe_apps_installs" "example" {
}
