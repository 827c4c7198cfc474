data "stripe_files" "example" {
}
