action "stripe_capture_charge" "example" {
  config {
    charge = stripe_charge.example.id
  }
}
