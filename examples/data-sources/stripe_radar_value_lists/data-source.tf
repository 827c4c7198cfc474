data "stripe_radar_value_lists" "example" {
}
