data "stripe_radar_value_list" "example" {
  id = stripe_radar_value_list.example.id
}
