data "stripe_file" "example" {
  id = stripe_file.example.id
}
