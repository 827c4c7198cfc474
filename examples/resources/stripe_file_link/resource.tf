resource "stripe_file_link" "example" {
  file = stripe_file.example.id
}
