data "stripe_radar_value_list_items" "example" {
  value_list = stripe_radar_value_list.example.id
}
