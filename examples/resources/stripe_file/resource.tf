resource "stripe_file" "example" {
  file    = "aGVsbG8="
  purpose = "dispute_evidence"
}
