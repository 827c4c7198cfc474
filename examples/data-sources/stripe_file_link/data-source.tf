data "stripe_file_link" "example" {
  id = stripe_file_link.example.id
}
