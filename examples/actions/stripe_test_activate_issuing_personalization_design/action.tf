action "stripe_test_activate_issuing_personalization_design" "example" {
  config {
    issuing_personalization_design = stripe_issuing_personalization_design.example.id
  }
}
