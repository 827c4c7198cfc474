data "stripe_file_links" "example" {
}
