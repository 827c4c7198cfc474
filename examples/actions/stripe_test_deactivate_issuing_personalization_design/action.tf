action "stripe_test_deactivate_issuing_personalization_design" "example" {
  config {
    issuing_personalization_design = stripe_issuing_personalization_design.example.id
  }
}
