action "stripe_verify_source" "example" {
  config {
    source = stripe_source.example.id
    values = ["32", "45"]
  }
}
